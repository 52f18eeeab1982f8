package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.KEYCTL_JOIN_SESSION_KEYRING;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Starts a new session, so that the container cannot reach the caller's terminal, and a new session keyring.
 *
 * @param keyring whether the keyring is new too
 */
public record NewSession(boolean keyring) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.SETSID);
        if (keyring) {
            out.call(Call.KEYCTL, KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0)
                    .okIf(Errno.ENOSYS, Errno.EDQUOT, Errno.EPERM);
        }
    }

    @Override
    public String describe() {
        return "new session" + (keyring ? " and session keyring" : "");
    }

    @Override
    public String why() {
        return "In the caller's session the container could type into the caller's terminal, and its keys would be shared.";
    }
}
