package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Starts containers that exist: compiles them anew, since the host may have changed since their creation (a reboot changes the boot id in every program), keeps the
 * program, and runs it. Two starts of one container at once are decided by its lock.
 */
final class ContainerStart {
    private final ContainerFiles files;
    private final ContainerRemoval removal;
    private final Creation creation;
    private final Roots roots;
    private final Networks networks;
    private final Launcher launcher;

    ContainerStart(
            ContainerFiles files,
            ContainerRemoval removal,
            Creation creation,
            Roots roots,
            Networks networks,
            Launcher launcher) {
        this.files = files;
        this.removal = removal;
        this.creation = creation;
        this.roots = roots;
        this.networks = networks;
        this.launcher = launcher;
    }

    /** {@return what the container's record and this host compile to} */
    Creation.Compiled compile(ContainerRecord record) {
        ContainerRoot from = roots.of(record.spec(), files.folder(record.id()));
        return creation.compile(record.spec(), from, record.id(), record.name(), networks.again(record));
    }

    /**
     * {@return the program to run; absent if the container is attended already}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it is paused or damaged
     */
    Optional<KernelProgram> prepare(ContainerId id) {
        Container container = files.read(id);
        if (container.status() == Container.Status.PAUSED) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The container `" + container.name() + "` is paused.",
                    "Resume it with `wherry unpause " + container.name() + "`.");
        }
        if (container.status() == Container.Status.DAMAGED) {
            throw new WherryException(
                    WherryException.Kind.CORRUPT,
                    "The container " + id.abbreviated() + " cannot be started: "
                            + container.damage().orElse("its files are damaged"),
                    "It can only be removed.");
        }
        if (container.status().isAttended()) {
            return Optional.empty();
        }
        removal.waitIfEnding(id);
        KernelProgram program = compile(files.record(id)).program();
        if (!Arrays.equals(program.bytes(), files.program(id).bytes())) {
            StateFile.write(files.folder(id).resolve(ContainerFiles.PROGRAM), program.bytes());
        }
        return Optional.of(program);
    }

    /** Starts a container and returns once it runs. Does nothing if it is attended already. */
    void start(ContainerId id) {
        Optional<KernelProgram> program = prepare(id);
        if (program.isEmpty()) {
            return;
        }
        TaskResult result = launcher.task(program.get(), Assembler.PILOT);
        if (result.ok() || lostTheRace(id)) {
            return;
        }
        ContainerRecord record = files.record(id);
        Creation.Compiled compiled = compile(record);
        String sentence = result.failure()
                .map(failure -> FailureReport.of(
                                record.name(),
                                compiled.config().process().args(),
                                program.get(),
                                compiled.plan(),
                                failure)
                        .sentence())
                .orElse("Cannot start `" + record.name() + "`: its pilot ended without a word.");
        throw new WherryException(WherryException.Kind.FAILED_PRECONDITION, sentence);
    }

    /** Somebody else started it in the same moment; that is as good. */
    private boolean lostTheRace(ContainerId id) {
        return files.read(id).status().isAttended();
    }
}
