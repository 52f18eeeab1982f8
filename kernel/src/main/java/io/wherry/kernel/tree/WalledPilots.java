package io.wherry.kernel.tree;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.caps.CapabilitySet;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.seccomp.Action;
import io.wherry.kernel.seccomp.Architecture;
import io.wherry.kernel.seccomp.Filter;
import io.wherry.kernel.seccomp.FilterCompiler;
import io.wherry.kernel.seccomp.Rule;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.CloneTree;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.InstallSeccomp;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.MapIdRanges;
import io.wherry.kernel.step.MapSingleId;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.MountAttributes;
import io.wherry.kernel.step.MountOverlay;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NewMountNamespace;
import io.wherry.kernel.step.NoNewPrivileges;
import io.wherry.kernel.step.OpenProcess;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.ServeTree;
import io.wherry.kernel.step.SetCapabilities;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.SetMountAttributes;
import io.wherry.kernel.step.SetPropagation;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.kernel.step.SwitchRoot;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pilots whose root is the tree they write: nothing outside can be named. The walls (docs/trees.md): a mount namespace, the tree as a mount without set-user-id,
 * devices and execution, the host's tree detached, six capabilities, a filter of some 25 calls.
 *
 * <p>System root builds them around itself; a user in a user namespace with the ids that its containers have. Safe for several threads.
 */
public final class WalledPilots implements TreePilots {
    private static final List<String> CALLS = List.of(
            "read",
            "write",
            "close",
            "openat",
            "openat2",
            "newfstatat",
            "fstat",
            "statx",
            "mkdirat",
            "mknodat",
            "symlinkat",
            "linkat",
            "unlinkat",
            "renameat2",
            "fchown",
            "fchownat",
            "fchmod",
            "fchmodat",
            "ftruncate",
            "lseek",
            "fsetxattr",
            "setxattr",
            "lsetxattr",
            "getxattr",
            "lgetxattr",
            "fgetxattr",
            "fchdir",
            "utimensat",
            "getdents64",
            "syncfs",
            "sendmsg",
            "sendto",
            "mmap",
            "munmap",
            "readlinkat",
            "dup3",
            "fcntl",
            "ppoll",
            "pread64",
            "pwrite64",
            "copy_file_range",
            "ioctl",
            "flistxattr",
            "poll",
            "fstatfs",
            "exit",
            "exit_group");
    private static final List<String> READING = List.of(
            "read",
            "write",
            "close",
            "openat",
            "openat2",
            "newfstatat",
            "fstat",
            "lseek",
            "getdents64",
            "fchdir",
            "readlinkat",
            "flistxattr",
            "fgetxattr",
            "llistxattr",
            "lgetxattr",
            "fstatfs",
            "mmap",
            "munmap",
            "sendmsg",
            "sendto",
            "dup3",
            "fcntl",
            "ppoll",
            "poll",
            "exit",
            "exit_group");
    private static final int STREAM = 5;
    private static final int REPLIES = 6;

    private final Launcher launcher;
    private final HostFacts facts;

    /** Pilots that a launcher starts for a caller with these rights. */
    public WalledPilots(Launcher launcher, HostFacts facts) {
        this.launcher = launcher;
        this.facts = facts;
    }

    @Override
    public TreeSession open(TreeTarget target) {
        Plan plan = new Plan();
        if (facts.root()) {
            plan.add(PILOT, new NewMountNamespace());
            serve(plan, PILOT, target, Slot.NONE);
        } else {
            inUserNamespace(plan, target);
        }
        Launcher.TreeTask task = launcher.tree(plan.compile(0));
        return new Session(task);
    }

    /**
     * {@return a session in a container that runs, whose root is the container's with all that is mounted there}
     *
     * @param pid its first process
     * @param start when that started, in clock ticks since the boot
     * @param namespaces its own user and mount namespaces
     * @param reads whether nothing is to be written
     */
    public TreeSession inside(int pid, long start, Namespaces namespaces, boolean reads) {
        Plan plan = new Plan();
        Slot process = plan.slot("container");
        plan.add(PILOT, new SetDumpable(false));
        plan.add(PILOT, new OpenProcess(pid, start, process));
        plan.add(PILOT, new JoinNamespaces(process, namespaces));
        confine(plan, PILOT, Slot.NONE, reads, 0, Slot.NONE);
        return new Session(launcher.tree(plan.compile(0)));
    }

    private void inUserNamespace(Plan plan, TreeTarget target) {
        Slot[] sockets = plan.pair("writer", "pilot");
        Slot process = plan.slot("process");
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        plan.add(
                PILOT,
                new StartProcess(
                        new Namespaces(Linux.CLONE_NEWUSER | Linux.CLONE_NEWNS),
                        INSIDE,
                        Slot.NONE,
                        sockets[0],
                        sockets[1],
                        process));
        boolean single = facts.privilege() instanceof Privilege.Single;
        if (facts.privilege() instanceof Privilege.Ranges user) {
            plan.add(PILOT, new MapIdRanges(user.newuidmap(), user.uids()));
            plan.add(PILOT, new MapIdRanges(user.newgidmap(), user.gids()));
        } else {
            plan.add(
                    PILOT,
                    new MapSingleId(
                            0, facts.privilege().uid(), 0, facts.privilege().gid()));
        }
        plan.add(PILOT, new SendMark(sockets[0], Mark.MAPPED, Slot.NONE));
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.GO, Slot.NONE, false));
        plan.add(PILOT, new AwaitExit(process));
        plan.add(INSIDE, new DieWithParent());
        plan.add(INSIDE, new AwaitMark(sockets[1], Mark.MAPPED, Slot.NONE, false));
        plan.add(INSIDE, new SetIds(0, 0, List.of(), !single));
        plan.add(INSIDE, new DieWithParent());
        serve(plan, INSIDE, target, sockets[1]);
    }

    private void serve(Plan plan, int strand, TreeTarget target, Slot parent) {
        Slot root = plan.slot("tree");
        plan.add(strand, new SetPropagation(false));
        boolean reads = target.readOnly();
        boolean host = target.withMounts();
        if (!target.lowers().isEmpty()) {
            List<String> lowers = new ArrayList<>();
            for (Path lower : target.lowers()) {
                lowers.add(lower.toString());
            }
            plan.add(
                    strand,
                    new MountOverlay(
                            lowers,
                            reads ? "" : target.folder().toString(),
                            reads ? "" : target.work().toString(),
                            List.of("userxattr"),
                            MountOverlay.slots(
                                    plan, lowers.size(), facts.features().overlayOneByOne()),
                            root));
        } else {
            plan.add(strand, new CloneTree(target.folder().toString(), host, root));
        }
        narrow(plan, strand, root, reads, host);
        Slot beside = Slot.NONE;
        if (target.beside().isPresent()) {
            beside = plan.slot("folder beside it");
            plan.add(strand, new CloneTree(target.beside().get().toString(), false, beside));
            narrow(plan, strand, beside, reads, false);
        }
        plan.add(strand, new SwitchRoot(root));
        confine(plan, strand, parent, reads, target.flags(), beside);
    }

    /** From here on only the stream says what happens. */
    private void confine(Plan plan, int strand, Slot parent, boolean reads, int flags, Slot beside) {
        CapabilitySet needed = reads
                ? CapabilitySet.of(Capability.DAC_READ_SEARCH, Capability.FOWNER)
                : CapabilitySet.of(
                        Capability.CHOWN,
                        Capability.DAC_OVERRIDE,
                        Capability.FOWNER,
                        Capability.FSETID,
                        Capability.MKNOD,
                        Capability.SETFCAP);
        long kept = needed.mask() & (facts.root() ? facts.capabilities() : -1L);
        plan.add(strand, new SetCapabilities(kept, kept, 0, 0));
        plan.add(strand, new DieWithParent());
        if (parent.number() >= 0) {
            plan.add(strand, new SendMark(parent, Mark.GO, Slot.NONE));
        }
        plan.add(strand, new NoNewPrivileges());
        Filter filter =
                new Filter(Action.ERRNO, 1, List.of(Architecture.X86_64), List.of(Rule.allow(reads ? READING : CALLS)));
        plan.add(
                strand,
                new InstallSeccomp(
                        FilterCompiler.compile(filter).bytes(),
                        0,
                        reads ? "what reading files needs" : "what making files needs"));
        plan.add(strand, new ServeTree(new Slot(STREAM, "the stream"), new Slot(REPLIES, "replies"), flags, beside));
    }

    private static void narrow(Plan plan, int strand, Slot mount, boolean reads, boolean withMounts) {
        plan.add(
                strand,
                new SetMountAttributes(
                        mount,
                        MountAttributes.of(Linux.MOUNT_ATTR_NOSUID
                                | Linux.MOUNT_ATTR_NODEV
                                | Linux.MOUNT_ATTR_NOEXEC
                                | (reads ? Linux.MOUNT_ATTR_RDONLY : 0)),
                        withMounts));
    }

    /** A tree task as a session. */
    private record Session(Launcher.TreeTask task) implements TreeSession {
        @Override
        public OutputStream operations() {
            return task.operations();
        }

        @Override
        public InputStream replies() {
            return task.replies();
        }

        @Override
        public void close() {
            task.close();
        }
    }
}
