package io.wherry.engine;

import io.wherry.engine.event.EventTemplate;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Plan;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.pilot.OwnNamespaces;
import io.wherry.runtime.pilot.ToolExecution;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One more process in a container that runs: compiled from the container's own stored configuration, handed to the launcher, known by a folder of its own in the container's volatile one.
 */
final class ContainerExec {
    private final ContainerFiles files;
    private final StateRoot root;
    private final HostFacts facts;
    private final Launcher launcher;
    private final Runtimes runtimes;

    ContainerExec(ContainerFiles files, StateRoot root, HostFacts facts, Launcher launcher, Runtimes runtimes) {
        this.runtimes = runtimes;
        this.files = files;
        this.root = root;
        this.facts = facts;
        this.launcher = launcher;
    }

    /** What compilation makes of an execution. */
    record Compiled(String id, List<String> command, Plan plan, KernelProgram program) {}

    /**
     * Compiles, from what is true now; the same for {@code explain} and for {@code exec}.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if the container does not run, or is paused
     */
    Compiled compile(ContainerId container, ExecSpec spec) {
        KeyValues started = running(container);
        int pid = (int) started.number("pid", 0);
        long start = started.number("start", 0);
        RuntimeConfig config = files.config(container);
        RuntimeConfig asked = ExecCompiler.compile(config, spec, account(spec, config, pid, start), facts);
        String id = ContainerId.random().text();
        Plan plan = runtimes.of(files.record(container).spec())
                .runtime()
                .exec(
                        asked,
                        new ExecPlacement(
                                container.text(),
                                id,
                                root.running().toString(),
                                root.events().toString(),
                                event(container, id),
                                facts.bootId(),
                                pid,
                                start,
                                spec.interactive(),
                                files.folder(container)
                                        .resolve(ToolExecution.LOG)
                                        .toString()),
                        facts);
        return new Compiled(id, asked.process().args(), plan, plan.compile(KernelProgram.STARTS_CONTAINER));
    }

    /** The container's, and which execution it is; a container of a version that told nothing has none. */
    private byte[] event(ContainerId container, String id) {
        Optional<byte[]> template = StateFile.read(files.folder(container).resolve(ContainerEvents.TEMPLATE));
        return template.isPresent() ? EventTemplate.with(template.get(), "execID", id) : new byte[0];
    }

    /** {@return what to say about an execution whose program failed} */
    FailureReport report(ContainerId container, ExecSpec spec, Failure failure) {
        Compiled compiled = compile(container, spec); // the numbers of its steps do not depend on the moment
        return FailureReport.ofExec(
                name(container),
                compiled.command(),
                compiled.program(),
                compiled.plan(),
                failure,
                ToolWords.of(files.folder(container)));
    }

    /** {@return ids of the executions that run, in no order} */
    List<String> running(Path volatileFolder) {
        List<String> ids = new ArrayList<>();
        Path folder = volatileFolder.resolve(ExecPlacement.FOLDER);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return ids;
        }
        for (Path execution : Leftovers.list(folder)) {
            KeyValues started =
                    KeyValues.parse(StateFile.read(execution.resolve("started")).orElse(new byte[0]));
            boolean alive = started.text("boot").equals(facts.bootId())
                    && ProcessStart.is(started.number("pid", 0), started.number("start", 0));
            if (alive) {
                ids.add(started.text("exec"));
            }
        }
        return ids;
    }

    /** Names and numbers mean what the container's own files say at this moment. */
    private Optional<Account> account(ExecSpec spec, RuntimeConfig config, int pid, long start) {
        if (spec.user().isEmpty()) {
            return Optional.empty();
        }
        AccountFiles accounts = AccountFiles.inside(launcher, pid, start, OwnNamespaces.of(config));
        return Optional.of(Account.lookUp(spec.user().get(), List.of(), accounts.passwd(), accounts.group()));
    }

    private KeyValues running(ContainerId id) {
        Container.Status status = files.read(id).status();
        if (status == Container.Status.PAUSED) {
            throw refused(id, "it is paused", "`wherry unpause` lets it go on.");
        }
        if (status != Container.Status.RUNNING) {
            throw refused(id, "it is not running but " + status.word(), "`wherry ps` lists the containers that run.");
        }
        return KeyValues.parse(StateFile.read(files.volatileFolder(id).resolve("started"))
                .orElseThrow(() -> refused(id, "it has ended", "")));
    }

    private WherryException refused(ContainerId id, String why, String hint) {
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "Cannot execute in the container `" + name(id) + "`: " + why + ".",
                hint);
    }

    private String name(ContainerId id) {
        String name = files.read(id).name();
        return name.isEmpty() ? id.abbreviated() : name;
    }
}
