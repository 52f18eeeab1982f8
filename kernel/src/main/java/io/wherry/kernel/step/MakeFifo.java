package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_NONBLOCK;
import static io.wherry.kernel.program.Linux.O_RDONLY;
import static io.wherry.kernel.program.Linux.O_RDWR;
import static io.wherry.kernel.program.Linux.S_IFIFO;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes a pipe with a name (fifo(7)), for a tool that is told names and no descriptors, and opens it: for both at first, so that whoever opens the other end need not wait.
 *
 * @param folder a folder that nobody else writes in
 * @param name one name
 * @param keeper filled: reads and writes
 * @param reader filled: reads, and sees the end once the keeper and all others that write are closed; or {@link Slot#NONE}
 */
public record MakeFifo(Slot folder, String name, Slot keeper, Slot reader) implements Step {
    private static final int FLAGS = O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;

    @Override
    public void lower(Strand out) {
        int text = out.string(name);
        out.call(Call.UNLINKAT, folder.number(), text, 0).okIf(Errno.ENOENT);
        out.call(Call.MKNODAT, folder.number(), text, S_IFIFO | 0600, 0);
        out.callTo(keeper.number(), Call.OPENAT, folder.number(), text, O_RDWR | FLAGS, 0);
        if (reader.number() >= 0) {
            out.callTo(reader.number(), Call.OPENAT, folder.number(), text, O_RDONLY | FLAGS, 0);
        }
    }

    @Override
    public String describe() {
        return "pipe " + name + " in " + folder.name() + " -> " + keeper.name()
                + (reader.number() < 0 ? "" : ", " + reader.name());
    }

    @Override
    public String why() {
        return "A tool that outlives its starter can be handed no descriptor, only a name.";
    }
}
