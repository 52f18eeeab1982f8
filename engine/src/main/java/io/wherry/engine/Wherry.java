package io.wherry.engine;

import io.wherry.kernel.host.Caller;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.HostProbe;
import io.wherry.kernel.launch.ChildLauncher;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Containers for a Java program: the engine of a library. What a command can do with images and containers is inherited from {@link Engine}; what is here answers with objects instead of
 * ending in the container's place.
 *
 * <pre>{@code
 * try (Wherry wherry = Wherry.open();
 *         Box box = wherry.run(ContainerSpec.of("alpine").command("echo", "hello"))) {
 *     box.output().transferTo(System.out);
 *     int code = box.await();
 * }
 * }</pre>
 *
 * <p>Open one and keep it: it has a child process, started by the first call, that makes containers for it and ends with it. Containers do not end with it, only with their {@link Box}.
 *
 * <p><b>Threads.</b> Safe for any number. Calls block, as plain calls do; they are made for virtual threads. An interrupted call throws INTERRUPTED.
 *
 * <p><b>The JVM around it</b> is left alone: no signal handlers, no shutdown hooks, nothing on its streams, no static state but the locks that one process needs, and it is never ended. The
 * only threads are virtual ones, one for each process that is attached.
 *
 * <p><b>Errors</b> are a {@link WherryException} with a kind, a sentence and often a hint.
 */
public final class Wherry extends Engine implements AutoCloseable {
    private final ChildLauncher launcher;

    private Wherry(StateRoot root, HostFacts facts, ChildLauncher launcher, Path builtIn, String driver) {
        super(root, facts, launcher, builtIn, driver);
        this.launcher = launcher;
    }

    /**
     * Where things are; what is absent is found as the command {@code wherry} finds it. Immutable.
     *
     * @param root the folder of images and containers; else {@code WHERRY_ROOT}'s default for this user
     * @param state the folder of what does not outlast a reboot
     * @param binary the program {@code wherry}; else the one of the installation that this class was loaded from
     * @param driver the storage driver, overlay or dir; empty for the best that works here
     */
    public record Options(Optional<Path> root, Optional<Path> state, Optional<Path> binary, String driver) {
        /** Everything as the command has it. */
        public static final Options DEFAULT = new Options(Optional.empty(), Optional.empty(), Optional.empty(), "");

        /** {@return the same with a root of one's own, below which everything is} */
        public Options root(Path folder) {
            return new Options(Optional.of(folder), state, binary, driver);
        }

        /** {@return the same with a folder for what does not outlast a reboot} */
        public Options state(Path folder) {
            return new Options(root, Optional.of(folder), binary, driver);
        }

        /** {@return the same with a program {@code wherry} at a path; beside it is its folder {@code lib}} */
        public Options binary(Path file) {
            return new Options(root, state, Optional.of(file), driver);
        }

        /** {@return the same with a storage driver: overlay, btrfs, dir} */
        public Options driver(String name) {
            return new Options(root, state, binary, name);
        }
    }

    /** {@return the engine on the root that the command uses for this user} */
    public static Wherry open() {
        return open(Options.DEFAULT);
    }

    /**
     * {@return an engine}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if the program {@code wherry} or a folder for state is not found; UNSUPPORTED if the kernel is too old; UNAVAILABLE if the
     *     program does not start
     */
    public static Wherry open(Options options) {
        Path binary = options.binary().orElseGet(Wherry::installed).toAbsolutePath();
        if (!Files.isExecutable(binary)) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The program " + binary + " is not there, or not to be executed.",
                    "Name the `wherry` of this build with `Options.binary`.");
        }
        StateRoot root = StateRoot.choose(HostProbe.uid(), HostProbe.systemRoot(), options.root(), options.state());
        ChildLauncher launcher = new ChildLauncher(binary, StateRoot.made(root.volatileRoot()));
        try {
            HostFacts facts = KeptFacts.find(root, Caller.parse(launcher.caller()), launcher);
            Path builtIn = binary.resolveSibling("../lib/images").normalize();
            return new Wherry(root, facts, launcher, builtIn, options.driver());
        } catch (RuntimeException e) {
            launcher.close();
            throw e;
        }
    }

    /** An installation has its modules in {@code lib/modules} and its program in {@code bin}. */
    private static Path installed() {
        CodeSource source = Wherry.class.getProtectionDomain().getCodeSource();
        try {
            if (source != null && "file".equals(source.getLocation().getProtocol())) {
                return Path.of(source.getLocation().toURI())
                        .resolveSibling("../../bin/wherry")
                        .normalize();
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of a class is no address: " + source, e);
        }
        throw new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "Where the program `wherry` is cannot be told from where this class was loaded.",
                "Name it with `Options.binary`.");
    }

    /**
     * Runs a container: pulls its image if that is not here, creates, starts, attaches.
     *
     * @return the container, which runs; to be closed, which removes it
     * @throws WherryException NOT_FOUND if there is no such image anywhere, INVALID if the specification makes no sense, ALREADY_EXISTS if the name is taken, FAILED_PRECONDITION if it
     *     cannot be started, for instance because the command is not in it; then nothing is left behind
     */
    public Box run(ContainerSpec spec) {
        if (spec.image().isPresent() && !hasImage(spec.image().get())) {
            pull(spec.image().get(), spec.platform(), PullListener.NONE, new ArrayList<>());
        }
        ContainerId id = ContainerId.random();
        KernelProgram program = create(spec, id, !spec.remove());
        try {
            String name = files.record(id).name();
            int streams = spec.detached() ? 0 : AttachedProcess.streams(spec.interactive());
            return new Box(this, id.text(), name, started(id, program, streams, "container `" + name + "`"));
        } catch (RuntimeException e) {
            discard(id.text());
            throw e;
        }
    }

    /** The same for what a builder has. */
    public Box run(ContainerSpec.Builder spec) {
        return run(spec.build());
    }

    private AttachedProcess started(ContainerId id, KernelProgram program, int streams, String what) {
        ChildLauncher.Start started = launcher.start(program, id.text(), AttachedProcess.greeting(streams));
        if (started.monitor().isPresent()) {
            return new AttachedProcess(started.monitor().get(), what, streams);
        }
        throw failed(what, started.failure().map(failure -> report(id.text(), failure)));
    }

    private static WherryException failed(String what, Optional<FailureReport> report) {
        if (report.isEmpty()) {
            return new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot start the " + what + ": its pilot ended without a word.");
        }
        String hint = report.get().hint();
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION, report.get().sentence(), hint.isEmpty() ? null : hint, null);
    }

    /**
     * Executes one more process in a container that runs, attached to it.
     *
     * @return the process; to be closed, which does not end it
     * @throws WherryException FAILED_PRECONDITION if the container does not run, is paused, or does not have the command
     */
    public AttachedProcess exec(String word, ExecSpec spec) {
        ContainerExec.Compiled compiled = exec.compile(healed(word), spec);
        int streams = spec.detached() ? 0 : AttachedProcess.streams(spec.interactive());
        String what = "process in `" + word + "`";
        ChildLauncher.Start started =
                launcher.start(compiled.program(), compiled.id(), AttachedProcess.greeting(streams));
        if (started.monitor().isPresent()) {
            return new AttachedProcess(started.monitor().get(), what, streams);
        }
        throw failed(what, started.failure().map(failure -> report(word, spec, failure)));
    }

    /**
     * Attaches to a container that runs, whoever started it: from now on its output is seen here too.
     *
     * @return its first process; to be closed, which changes nothing about the container
     * @throws WherryException FAILED_PRECONDITION if it does not run
     */
    public AttachedProcess attach(String word) {
        ContainerId id = healed(word);
        Container container = files.read(id);
        if (container.status() != Container.Status.RUNNING) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot attach to the container `" + container.name() + "`: it is "
                            + container.status().word() + ".");
        }
        int streams = AttachedProcess.streams(container.spec().interactive()) & ~AttachedProcess.ONCE;
        try {
            SocketChannel channel = MonitorClient.open(files.volatileFolder(id), AttachedProcess.greeting(streams));
            return new AttachedProcess(channel, "container `" + container.name() + "`", streams).awaitAttached();
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.UNAVAILABLE,
                    "The monitor of `" + container.name() + "` does not answer: " + e.getMessage() + ".",
                    "It may be ending: ask again.",
                    e);
        }
    }

    /** Removes a container if it is still there, also from a thread that was told to end. */
    void discard(String id) {
        boolean interrupted = Thread.interrupted();
        try {
            remove(id, true);
        } catch (WherryException e) {
            if (e.kind() != WherryException.Kind.NOT_FOUND) {
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends what this engine needs to make containers. Those that run go on; their boxes can still be read and closed, not much else. A second time does nothing. */
    @Override
    public void close() {
        launcher.close();
    }
}
