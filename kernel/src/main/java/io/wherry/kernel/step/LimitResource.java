package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Sets a resource limit (setrlimit(2)).
 *
 * @param resource what is limited
 * @param soft in force; -1 is unlimited
 * @param hard how far it may be raised; -1 is unlimited
 */
public record LimitResource(Resource resource, long soft, long hard) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.PRLIMIT64, 0, resource.number(), out.data().words(soft, hard), 0);
    }

    @Override
    public String describe() {
        return "limit " + resource.text() + " to " + Resource.value(soft) + " (at most " + Resource.value(hard) + ")";
    }

    @Override
    public String why() {
        return "The limit was asked for, and holds for the process and all that it starts.";
    }
}
