package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CREAT;
import static io.wherry.kernel.program.Linux.O_TRUNC;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Writes a file of a folder that nobody else writes in, and that nobody looks into yet.
 *
 * @param folder the folder
 * @param name one name
 * @param content all of it; not empty
 */
public record WriteFile(Slot folder, String name, byte[] content) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(
                Op.WRITE,
                folder.number(),
                out.string(name),
                out.data().block(content),
                content.length,
                O_CREAT | O_TRUNC);
    }

    @Override
    public String describe() {
        return "write " + name + " in " + folder.name();
    }

    @Override
    public String why() {
        return "Somebody reads it later who cannot ask this process.";
    }
}
