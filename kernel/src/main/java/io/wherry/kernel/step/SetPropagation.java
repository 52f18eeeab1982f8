package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.MS_PRIVATE;
import static io.wherry.kernel.program.Linux.MS_SLAVE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * What the mounts of a new mount namespace have to do with the host's from now on (mount_namespaces(7)): nothing mounted here reaches those.
 *
 * @param slave whether what is mounted there appears here
 */
public record SetPropagation(boolean slave) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(
                Call.MOUNT_SETATTR,
                Strand.CWD,
                out.string("/"),
                AT_RECURSIVE,
                out.data().words(0, 0, slave ? MS_SLAVE : MS_PRIVATE, 0),
                32);
    }

    @Override
    public String describe() {
        return slave ? "let every mount follow the host's" : "make every mount private";
    }

    @Override
    public String why() {
        return slave
                ? "What the host mounts later, a stick or a disk, is to appear in the environment too."
                : "A new mount namespace begins as a copy that still passes mounts on to the host, and gets them from there.";
    }
}
