package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes a pipe.
 *
 * @param read filled
 * @param write filled, the number behind it
 */
public record MakePipe(Slot read, Slot write) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(read.number(), Call.PIPE2, 0, O_CLOEXEC);
    }

    @Override
    public String describe() {
        return "pipe -> " + read.name() + ", " + write.name();
    }

    @Override
    public String why() {
        return "The monitor stands between the container and its callers, who may come and go.";
    }
}
