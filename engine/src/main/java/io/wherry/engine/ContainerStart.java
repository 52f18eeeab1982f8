package io.wherry.engine;

import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Op;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
    private final ContainerVolumes volumes;
    private final Launcher launcher;
    private final StateRoot root;

    ContainerStart(
            ContainerFiles files,
            ContainerRemoval removal,
            Creation creation,
            Roots roots,
            Networks networks,
            ContainerVolumes volumes,
            Launcher launcher,
            StateRoot root) {
        this.root = root;
        this.files = files;
        this.removal = removal;
        this.creation = creation;
        this.roots = roots;
        this.networks = networks;
        this.volumes = volumes;
        this.launcher = launcher;
    }

    /** {@return what the container's record and this host compile to} */
    Creation.Compiled compile(ContainerRecord record) {
        ContainerRoot from = roots.of(record, files.folder(record.id()));
        return creation.compile(record.spec(), from, record.id(), record.name(), networks.again(record));
    }

    /**
     * {@return the program to run; absent if the container is attended already}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it is paused or damaged
     */
    Optional<KernelProgram> prepare(ContainerId id) {
        ContainerFiles.Found found = files.found(id);
        Container container = found.container();
        if (container.status() == Container.Status.PAUSED) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The container `" + container.name() + "` is paused.",
                    "Resume it with `wherry unpause " + container.name() + "`.");
        }
        if (found.record().isEmpty()) {
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
        ContainerRecord record = found.record().get();
        refuseMounted(id, container.name(), "started");
        if (ContainerVolumes.any(record.spec())) {
            volumes.prepare(id, record.spec(), roots.of(record, files.folder(id)));
        }
        if (record.spec().storageSize() != 0) { // the filesystem may be mounted without quotas by now
            SizeLimit.require(record.spec(), roots.of(record, files.folder(id)), root);
        }
        KernelProgram program = compile(record).program();
        if (!Arrays.equals(program.bytes(), files.program(id).bytes())) {
            StateFile.write(files.folder(id).resolve(ContainerFiles.PROGRAM), program.bytes());
        }
        return Optional.of(program);
    }

    /** Refuses one whose root is mounted for the host: what is written by two overlays into one layer is lost. */
    void refuseMounted(ContainerId id, String name, String what) {
        new MountPlaces(root, launcher).refuse(id, name, what);
    }

    /** Starts a container and returns once it runs. Does nothing if it is attended already. */
    void start(ContainerId id) {
        Optional<KernelProgram> program = prepare(id);
        while (program.isPresent()) {
            TaskResult result = launcher.task(program.get(), Assembler.PILOT);
            if (result.ok()) {
                return;
            }
            if (!Files.exists(files.folder(id), LinkOption.NOFOLLOW_LINKS)) {
                throw ContainerFiles.gone(id);
            }
            if (!isHeldByAnother(result)) {
                throw failed(id, program.get(), result);
            }
            program = awaitAnother(id) ? Optional.empty() : prepare(id);
        }
    }

    private static boolean isHeldByAnother(TaskResult result) {
        return result.failure().isPresent()
                && result.failure().get().op() == Op.SYS.number()
                && result.failure().get().call() == Call.FCNTL_LOCK.number();
    }

    /** Somebody else starts it in the same moment. {@return whether it runs by that; else it is to be tried again} */
    private boolean awaitAnother(ContainerId id) {
        Optional<HeldLock> lock = files.take(id);
        lock.ifPresent(HeldLock::close);
        return lock.isEmpty();
    }

    /** {@return what to say about a program of this container that failed} */
    FailureReport report(ContainerRecord record, KernelProgram program, Failure failure) {
        Creation.Compiled compiled = compile(record);
        return FailureReport.of(
                record.name(),
                compiled.config().process().args(),
                program,
                compiled.plan(),
                failure,
                ToolWords.of(files.folder(record.id())));
    }

    private WherryException failed(ContainerId id, KernelProgram program, TaskResult result) {
        ContainerRecord record = files.record(id);
        if (result.failure().isEmpty()) {
            return new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot start `" + record.name() + "`: its pilot ended without a word.");
        }
        FailureReport report = report(record, program, result.failure().get());
        return report.hint().isEmpty()
                ? new WherryException(WherryException.Kind.FAILED_PRECONDITION, report.sentence())
                : new WherryException(WherryException.Kind.FAILED_PRECONDITION, report.sentence(), report.hint());
    }
}
