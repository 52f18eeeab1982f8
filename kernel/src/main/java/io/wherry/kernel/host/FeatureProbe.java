package io.wherry.kernel.host;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.devices.DeviceProgram;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import io.wherry.kernel.step.Mark;
import io.wherry.oci.DeviceRule;
import java.util.List;

/**
 * Asks the kernel what it can, by a program that tries it: a release number would not know of what a distribution has added or left out. Leaves nothing behind. Stateless.
 *
 * <p>A child of the pilot has the rights that a container's first process has before it gives them up: an ordinary user may try mounts nowhere else.
 */
final class FeatureProbe {
    private static final int SOCKETS = 8;
    private static final int CHILD = 10;
    private static final int FOUND = 11;

    private FeatureProbe() {}

    /**
     * {@return what the kernel can; where it cannot even be asked, the least}
     *
     * @param root whether the caller is system root
     * @param seccomp what was found elsewhere
     */
    static Features ask(Launcher launcher, boolean root, boolean seccomp) {
        Assembler assembler = new Assembler();
        Strand pilot = assembler.strand(PILOT);
        byte[] rules = DeviceProgram.compile(List.of(DeviceRule.DENY_ALL));
        int devices = pilot.size();
        pilot.op(Op.DEVICES, Strand.NONE, assembler.block(rules), rules.length / 8)
                .note();
        pilot.callTo(SOCKETS, Call.SOCKETPAIR, Linux.AF_UNIX, Linux.SOCK_SEQPACKET | Linux.SOCK_CLOEXEC, 0);
        long namespaces = root ? Linux.CLONE_NEWNS : Linux.CLONE_NEWNS | Linux.CLONE_NEWUSER;
        pilot.opTo(CHILD, Op.CLONE, namespaces, INSIDE, Strand.NONE, SOCKETS, SOCKETS + 1);
        int network = pilot.size();
        pilot.callTo(FOUND, Call.IOCTL_FD, CHILD, Linux.PIDFD_GET_NET_NAMESPACE, 0)
                .note();
        pilot.op(Op.SEND, SOCKETS, Mark.GO.code(), Strand.NONE);
        pilot.op(Op.WAIT, CHILD);
        int first = pilot.size();
        Strand inside = assembler.strand(INSIDE);
        inside.callTo(FOUND, Call.FSOPEN, inside.string("overlay"), Linux.FSOPEN_CLOEXEC)
                .note();
        inside.call(Call.FSCONFIG, FOUND, Linux.FSCONFIG_SET_STRING, inside.string("lowerdir+"), inside.string("/"), 0)
                .note();
        // before Linux 6.5 overlay's context takes any word, and refuses it when the mount is made
        inside.call(Call.FSCONFIG, FOUND, Linux.FSCONFIG_SET_STRING, inside.string("anyword"), inside.string("/"), 0)
                .note();
        inside.op(Op.RECV, SOCKETS + 1, Mark.GO.code(), 0);
        TaskResult result = launcher.task(assembler.finish(KernelProgram.PROBE), PILOT);
        return new Features(
                works(result, first),
                seccomp,
                works(result, first + 1) && !works(result, first + 2),
                works(result, network),
                root && works(result, devices));
    }

    private static boolean works(TaskResult result, int instruction) {
        for (TaskResult.Note note : result.notes()) {
            if (note.instruction() == instruction) {
                return note.errno() == 0;
            }
        }
        return false;
    }
}
