package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_SET_NO_NEW_PRIVS;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes sure that no program gains rights by set-user-id bits or file capabilities.
 */
public record NoNewPrivileges() implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }

    @Override
    public String describe() {
        return "no new privileges";
    }

    @Override
    public String why() {
        return "Set-user-id programs and file capabilities would otherwise give rights back that were given up.";
    }
}
