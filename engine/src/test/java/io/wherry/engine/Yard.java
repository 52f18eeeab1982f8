package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.HostProbe;
import io.wherry.testkit.Command;
import io.wherry.testkit.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** An engine with a state root, a launcher, and a root filesystem of its own, all in one temporary folder; for whoever runs the test. */
final class Yard implements AutoCloseable {
    private final Path folder;
    private final Path rootfs;
    private final StateRoot state;
    private final HostFacts facts;
    private final HostedLauncher launcher;
    private final CommandEngine engine;

    Yard() {
        this(facts -> facts);
    }

    /** As if the host were another; what is compiled for must work here nevertheless. */
    Yard(UnaryOperator<HostFacts> host) {
        try {
            folder = Files.createTempDirectory(Path.of("/tmp"), "engine-test-").toRealPath();
            rootfs = Files.createDirectory(folder.resolve("rootfs"));
            Files.copy(Payload.PROBE.path(), rootfs.resolve("probe"));
            Files.createDirectory(rootfs.resolve("bin"));
            Command.requireTool("busybox", "busybox-static");
            Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"));
            Files.createSymbolicLink(rootfs.resolve("bin/sh"), Path.of("busybox"));
            Files.createDirectories(folder.resolve("state"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        state = new StateRoot(folder.resolve("state"), folder.resolve("state/volatile"));
        launcher = new HostedLauncher(folder.resolve("launcher"));
        facts = host.apply(HostProbe.probe(launcher));
        engine = CommandEngine.open(state, facts, launcher, folder.resolve("images"), "");
    }

    Path folder() {
        return folder;
    }

    Path rootfs() {
        return rootfs;
    }

    Path state() {
        return state.root();
    }

    HostFacts facts() {
        return facts;
    }

    HostedLauncher launcher() {
        return launcher;
    }

    CommandEngine engine() {
        return engine;
    }

    /** {@return what to ask for: a container on a throw-away copy of the root filesystem, with limits where this user has control groups} */
    ContainerSpec.Builder spec(String name, String... command) {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.rootfs = Optional.of(rootfs.toString());
        spec.rootfsOverlay = true;
        spec.name = Optional.of(name);
        spec.command.addAll(java.util.List.of(command));
        if (facts.root()) {
            spec.memory = 256L << 20;
            spec.cpuQuota = 50_000;
            spec.cpuPeriod = 100_000;
            spec.pidsLimit = 100;
        }
        return spec;
    }

    /** Removes everything; containers must have been removed before, since this removes what it owns and no more. */
    @Override
    public void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new AssertionError(folder + " is still there");
        }
    }
}
