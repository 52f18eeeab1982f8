package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Opens a file of a folder for whoever wants to read it later: a counter of a control group, what a tool wrote.
 *
 * @param folder the folder
 * @param file one name
 * @param opened filled
 */
public record OpenFile(Slot folder, String file, Slot opened) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(
                opened.number(), Call.OPENAT, folder.number(), out.string(file), O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "open " + file + " of " + folder.name() + " -> " + opened.name();
    }

    @Override
    public String why() {
        return "The monitor reads it at the end, when the container is gone; its name need not be resolved then.";
    }
}
