package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.CLOSE_RANGE_CLOEXEC;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Lets no descriptor but the standard ones through to the program.
 */
public record CloseDescriptors() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.CLOSE_RANGE, 3, 0xFFFFFFFFL, CLOSE_RANGE_CLOEXEC);
    }

    @Override
    public String describe() {
        return "close every other descriptor on execution";
    }

    @Override
    public String why() {
        return "A descriptor of the host that is left open is a way out of the container.";
    }
}
