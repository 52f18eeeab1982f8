package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_SET_PDEATHSIG;
import static io.wherry.kernel.program.Linux.SIGKILL;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Asks the kernel to kill this process when its parent dies. Repeated behind every change of credentials, which forgets it (prctl(2)).
 */
public record DieWithParent() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.PRCTL, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    }

    @Override
    public String describe() {
        return "die with the parent";
    }

    @Override
    public String why() {
        return "The container must not outlive its monitor; the kernel forgets this wish at each change of credentials.";
    }
}
