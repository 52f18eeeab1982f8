package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes the intent durable. After a loss of power no kernel object is left to sweep; what has to be known then is that the container ran. So this
 * comes before its first instruction, and where it costs least.
 *
 * @param folder the container's folder
 */
public record SyncIntent(Slot folder) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.OPENAT, folder.number(), out.string("intent"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
        out.call(Call.FSYNC, Slot.T0);
        out.call(Call.FSYNC, folder.number());
    }

    @Override
    public String describe() {
        return "sync the intent in " + folder.name();
    }

    @Override
    public String why() {
        return "After a loss of power it must be known that the container ran.";
    }
}
