package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.SECCOMP_SET_MODE_FILTER;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Installs the filter of system calls.
 *
 * @param filter classic BPF
 * @param flags of seccomp(2)
 * @param what for people
 */
public record InstallSeccomp(byte[] filter, long flags, String what) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.SECCOMP, SECCOMP_SET_MODE_FILTER, flags, out.data().block(filter), filter.length / 8);
    }

    @Override
    public String describe() {
        return "seccomp: " + what + ", " + filter.length / 8 + " instructions";
    }

    @Override
    public String why() {
        return "All containers share one kernel, and what a program cannot call it cannot attack.";
    }
}
