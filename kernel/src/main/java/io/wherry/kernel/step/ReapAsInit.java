package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Puts a small init between the monitor and the program: it reaps orphans and forwards signals.
 */
public record ReapAsInit() implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.INIT, 0);
    }

    @Override
    public String describe() {
        return "stay as init and go on in a child";
    }
}
