package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Reads a regular file below a folder that nobody trusts, and reports its content; in probes only. Absent or of another type is noted.
 *
 * @param root the folder that links are resolved in
 * @param path relative
 * @param limit the most bytes that are read
 */
public record ReadFile(Slot root, String path, int limit) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.READ, root.number(), out.string(path), limit).note();
    }

    @Override
    public String describe() {
        return "read " + path + " in " + root.name();
    }

    @Override
    public String why() {
        return "The file belongs to an image that nobody trusts, so it is read by a process that can see nothing else.";
    }
}
