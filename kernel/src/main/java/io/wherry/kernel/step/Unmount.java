package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MNT_DETACH;
import static io.wherry.kernel.program.Linux.UMOUNT_NOFOLLOW;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Takes the topmost mount at a place of the host away (umount2(2)).
 *
 * @param point absolute; no link
 * @param busy also if it is in use: then it is gone when the last user is
 */
public record Unmount(String point, boolean busy) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UMOUNT2, out.string(point), UMOUNT_NOFOLLOW | (busy ? MNT_DETACH : 0));
    }

    @Override
    public String describe() {
        return "unmount " + point + (busy ? ", also if it is in use" : "");
    }

    @Override
    public String why() {
        return "What is mounted stays until somebody takes it away, whoever made it.";
    }
}
