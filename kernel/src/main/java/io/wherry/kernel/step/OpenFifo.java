package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_RDWR;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Opens a named pipe for reading and writing, so that neither opening waits nor an end comes before a writer (fifo(7)).
 *
 * @param folder the folder
 * @param name one name
 * @param fifo filled
 */
public record OpenFifo(Slot folder, String name, Slot fifo) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(fifo.number(), Call.OPENAT, folder.number(), out.string(name), O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "open the named pipe " + name + " of " + folder.name() + " -> " + fifo.name();
    }

    @Override
    public String why() {
        return "A hook of the tool writes a number there, and the pilot waits for it without being a writer that is missed.";
    }
}
