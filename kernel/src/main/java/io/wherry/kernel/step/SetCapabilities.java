package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_CAP_AMBIENT;
import static io.wherry.kernel.program.Linux.PR_CAP_AMBIENT_CLEAR_ALL;
import static io.wherry.kernel.program.Linux.PR_CAP_AMBIENT_RAISE;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Sets the permitted, effective and inheritable capabilities of the process (capset(2)), then the ambient ones.
 *
 * @param permitted bit n is capability n
 * @param effective in force
 * @param inheritable empty by default
 * @param ambient empty by default
 */
public record SetCapabilities(long permitted, long effective, long inheritable, long ambient) implements Step {
    @Override
    public void lower(Strand out) {
        ByteBuffer sets = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (int half = 0; half < 64; half += 32) {
            sets.putInt((int) (effective >>> half))
                    .putInt((int) (permitted >>> half))
                    .putInt((int) (inheritable >>> half));
        }
        out.call(Call.CAPSET, out.data().words(0x20080522), out.data().block(sets.array()));
        out.call(Call.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        for (int capability = 0; capability < 64; capability++) {
            if ((ambient & (1L << capability)) != 0) {
                out.call(Call.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
            }
        }
    }

    @Override
    public String describe() {
        return "capabilities: permitted " + Capabilities.text(permitted) + "; effective "
                + Capabilities.text(effective);
    }

    @Override
    public String why() {
        return "Root's power is cut into pieces, and the program gets those that it was given and no more.";
    }
}
