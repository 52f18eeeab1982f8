package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.MS_SLAVE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Lets the new mount namespace follow the host's: what is mounted there appears here too, nothing mounted here reaches it (mount_namespaces(7), "MS_SLAVE").
 */
public record FollowHostMounts() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(
                Call.MOUNT_SETATTR,
                Strand.CWD,
                out.string("/"),
                AT_RECURSIVE,
                out.data().words(0, 0, MS_SLAVE, 0),
                32);
    }

    @Override
    public String describe() {
        return "let every mount follow the host's";
    }

    @Override
    public String why() {
        return "What the host mounts later, a stick or a disk, is to appear in the environment too.";
    }
}
