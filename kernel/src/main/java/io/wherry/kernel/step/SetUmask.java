package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Sets which permission bits new files go without.
 *
 * @param umask permission bits
 */
public record SetUmask(int umask) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UMASK, umask);
    }

    @Override
    public String describe() {
        return "umask " + Integer.toOctalString(umask);
    }

    @Override
    public String why() {
        return "The pilot works without one, so that files get the modes it names; programs expect the usual one.";
    }
}
