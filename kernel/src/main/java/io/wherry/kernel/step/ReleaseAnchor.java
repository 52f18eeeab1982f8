package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MNT_DETACH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Detaches a mount that was {@linkplain AnchorMount anchored}, once what is made of it has copies of its own. Must come before the root is switched: that lets go of one mount, the topmost on
 * the host's root, and with an anchor on top the host's root itself would stay where {@code /proc/..} leads.
 *
 * @param mount anchored
 */
public record ReleaseAnchor(Slot mount) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.FCHDIR, mount.number());
        out.call(Call.UMOUNT2, out.string("."), MNT_DETACH);
    }

    @Override
    public String describe() {
        return "take the anchor of " + mount.name() + " away";
    }

    @Override
    public String why() {
        return "On top of the host's root it would be let go in its place, and the host's root would stay reachable.";
    }
}
