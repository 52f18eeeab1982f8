package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes a device node in a folder that nobody else can see yet.
 *
 * @param folder where
 * @param name one name
 * @param mode type and permission bits
 * @param device as {@link io.wherry.kernel.program.Linux#device} makes it
 */
public record MakeNode(Slot folder, String name, int mode, long device) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.MKNODAT, folder.number(), out.string(name), mode, device);
        out.call(Call.FCHMODAT, folder.number(), out.string(name), mode & 07777);
    }

    @Override
    public String describe() {
        return "device node " + name + " in " + folder.name();
    }

    @Override
    public String why() {
        return "Programs expect this device; made in a /dev that nobody else can see, it cannot be the wrong one.";
    }
}
