package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CREAT;
import static io.wherry.kernel.program.Linux.O_SYNC;
import static io.wherry.kernel.program.Linux.O_TRUNC;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Puts the intent on disk before the first kernel object exists: from here on the sweep has something to find. Written, synced, renamed; the
 * folder is synced too.
 *
 * @param folder the container's folder
 * @param text `key value` lines
 */
public record WriteIntent(Slot folder, byte[] text) implements Step {
    @Override
    public void lower(Strand out) {
        int temporary = out.string("intent.new");
        out.op(Op.WRITE, folder.number(), temporary, out.data().block(text), text.length, O_CREAT | O_TRUNC | O_SYNC);
        out.call(Call.RENAMEAT2, folder.number(), temporary, folder.number(), out.string("intent"), 0);
        out.call(Call.FSYNC, folder.number());
    }

    @Override
    public String describe() {
        return "write the intent into " + folder.name();
    }
}
