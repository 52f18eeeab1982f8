package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes a folder, unless it is there, and opens it.
 *
 * @param parent the folder it is made in
 * @param name one name
 * @param mode permission bits
 * @param folder filled
 */
public record MakeFolder(Slot parent, String name, int mode, Slot folder) implements Step {
    @Override
    public void lower(Strand out) {
        int text = out.string(name);
        out.call(Call.MKDIRAT, parent.number(), text, mode).okIf(Errno.EEXIST);
        out.callTo(
                folder.number(),
                Call.OPENAT,
                parent.number(),
                text,
                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                0);
    }

    @Override
    public String describe() {
        return "make " + name + " in " + parent.name() + " -> " + folder.name();
    }

    @Override
    public String why() {
        return "It must exist and be held by a descriptor before anything can be put there.";
    }
}
