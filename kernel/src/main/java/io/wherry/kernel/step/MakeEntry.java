package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.S_IFREG;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes an empty file, to be covered by a mount.
 *
 * @param folder where
 * @param name one name
 * @param mode permission bits
 */
public record MakeEntry(Slot folder, String name, int mode) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.MKNODAT, folder.number(), out.string(name), S_IFREG | mode, 0)
                .okIf(Errno.EEXIST);
    }

    @Override
    public String describe() {
        return "empty file " + name + " in " + folder.name();
    }

    @Override
    public String why() {
        return "A mount needs something to stand on, and what it covers must be of the same kind.";
    }
}
