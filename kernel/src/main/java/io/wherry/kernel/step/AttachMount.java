package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MOVE_MOUNT_F_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.MOVE_MOUNT_T_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.RESOLVE_IN_ROOT;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_MAGICLINKS;
import static io.wherry.kernel.program.Linux.RESOLVE_NO_SYMLINKS;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Attaches a mount below the container's root. The target is made if it is missing, and resolved inside the root: a link in the image may lead
 * elsewhere in the image, never out of it, and not to the root itself.
 *
 * @param mount not attached yet
 * @param root the folder the target is resolved in
 * @param target absolute path in the container, or relative to {@code root}
 * @param file whether the target is a file
 * @param links whether links of the image may be followed
 */
public record AttachMount(Slot mount, Slot root, String target, boolean file, boolean links) implements Step {
    /** Operands of MAKEPATH. A mount at the root itself would not be seen by who has that root already. */
    private static final int FILE = 1;

    private static final int FOLDER_BELOW = 2;

    @Override
    public void lower(Strand out) {
        String path = target.startsWith("/") ? target.substring(1) : target;
        out.op(Op.MAKEPATH, root.number(), out.string(path), file ? FILE : FOLDER_BELOW);
        out.callTo(
                Slot.T0,
                Call.OPENAT2,
                root.number(),
                out.string(path),
                out.data()
                        .words(
                                O_PATH | O_CLOEXEC,
                                0,
                                RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (links ? 0 : RESOLVE_NO_SYMLINKS)),
                24);
        int empty = out.string("");
        out.call(
                Call.MOVE_MOUNT,
                mount.number(),
                empty,
                Slot.T0,
                empty,
                MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    }

    @Override
    public String describe() {
        return "attach " + mount.name() + " at " + target;
    }

    @Override
    public String why() {
        return "Only now, with the root switched, can a link in the image lead no farther than the image.";
    }
}
