package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_RECURSIVE;
import static io.wherry.kernel.program.Linux.MS_PRIVATE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Cuts the new mount namespace off from the host's: nothing mounted here reaches it, nothing mounted there appears here.
 */
public record MakeMountsPrivate() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(
                Call.MOUNT_SETATTR,
                Strand.CWD,
                out.string("/"),
                AT_RECURSIVE,
                out.data().words(0, 0, MS_PRIVATE, 0),
                32);
    }

    @Override
    public String describe() {
        return "make every mount private";
    }

    @Override
    public String why() {
        return "A new mount namespace begins as a copy that still passes mounts on to the host, and gets them from there.";
    }
}
