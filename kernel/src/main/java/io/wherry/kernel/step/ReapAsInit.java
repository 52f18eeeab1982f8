package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Puts a small init between the monitor and the program: it reaps orphans and forwards signals.
 *
 * @param visible whether its own user may look into it, who may join its namespaces only then; it holds no descriptor any more, and has no right that the program does not have
 */
public record ReapAsInit(boolean visible) implements Step {
    private static final int VISIBLE = 2;

    @Override
    public void lower(Strand out) {
        out.op(Op.INIT, visible ? VISIBLE : 0);
    }

    @Override
    public String describe() {
        return "stay as init" + (visible ? ", which its user may look into," : "") + " and go on in a child";
    }

    @Override
    public String why() {
        return "Pid 1 must reap orphans, and gets no signal that it has no handler for; few programs are made for that.";
    }
}
