package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.AT_EMPTY_PATH;
import static io.wherry.kernel.program.Linux.AT_RECURSIVE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Changes the attributes of a mount, and of those below it if asked (mount_setattr(2)).
 *
 * @param mount the mount
 * @param attributes what is set and cleared
 * @param recursive with the mounts below it
 */
public record SetMountAttributes(Slot mount, MountAttributes attributes, boolean recursive) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(
                Call.MOUNT_SETATTR,
                mount.number(),
                out.string(""),
                AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
                out.data().words(attributes.set(), attributes.clear(), attributes.propagation(), 0),
                32);
    }

    @Override
    public String describe() {
        return "set " + attributes.text() + " on " + mount.name() + (recursive ? ", recursively" : "");
    }

    @Override
    public String why() {
        return "What a mount forbids, no permission of a file gives back.";
    }
}
