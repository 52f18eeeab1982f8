package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Passes controllers of the version 2 tree down to the groups of containers (cgroups(7), "cgroup.subtree_control").
 *
 * @param hierarchy absolute path of the part of the tree that is ours
 * @param parent the folder of Wherry's below it, made if absent
 * @param controllers {@code +memory +pids}
 */
public record EnableControllers(String hierarchy, String parent, String controllers) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] value = controllers.getBytes(StandardCharsets.UTF_8);
        int block = out.data().block(value);
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, out.string(hierarchy), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        out.call(Call.MKDIRAT, Slot.T0, out.string(parent), 0755).okIf(Errno.EEXIST);
        out.op(Op.WRITE, Slot.T0, out.string("cgroup.subtree_control"), block, value.length, 0);
        out.op(Op.WRITE, Slot.T0, out.string(parent + "/cgroup.subtree_control"), block, value.length, 0);
    }

    @Override
    public String describe() {
        return "pass " + controllers + " down to " + hierarchy + "/" + parent;
    }

    @Override
    public String why() {
        return "In version 2 a group has limits only for the controllers that its parent passes down.";
    }
}
