package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CREAT;
import static io.wherry.kernel.program.Linux.O_TRUNC;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Writes the intent before the first kernel object exists: from here on the sweep has something to find. By rename; {@link SyncIntent} makes it durable.
 *
 * @param folder the container's folder
 * @param text `key value` lines
 */
public record WriteIntent(Slot folder, byte[] text) implements Step {
    @Override
    public void lower(Strand out) {
        int temporary = out.string("intent.new");
        out.op(Op.WRITE, folder.number(), temporary, out.data().block(text), text.length, O_CREAT | O_TRUNC);
        out.call(Call.RENAMEAT2, folder.number(), temporary, folder.number(), out.string("intent"), 0);
    }

    @Override
    public String describe() {
        return "write the intent into " + folder.name();
    }

    @Override
    public String why() {
        return "The intent is on disk before anything is made, so that a sweep knows what to look for whenever this process dies.";
    }
}
