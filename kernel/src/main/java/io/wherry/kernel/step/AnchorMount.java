package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Attaches a mount on top of the root of this process's own mount namespace. No path leads to it, since a path from the root begins below what is mounted on it; a
 * descriptor does. Before Linux 6.15 overlay takes layers from no mount that is attached nowhere.
 *
 * @param mount not attached yet
 */
public record AnchorMount(Slot mount) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.MOVE_MOUNT, mount.number(), out.string(""), Strand.CWD, out.string("/"), MOVE_MOUNT_F_EMPTY_PATH);
    }

    @Override
    public String describe() {
        return "anchor " + mount.name() + " in this mount namespace";
    }

    @Override
    public String why() {
        return "Before Linux 6.15 overlay takes no layer from a mount that is attached nowhere.";
    }
}
