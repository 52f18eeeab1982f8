package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Says how willingly the kernel gives this process up when memory ends; through our own procfs.
 *
 * @param procfs our own
 * @param score -1000 to 1000
 */
public record AdjustOomScore(Slot procfs, int score) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] value = Integer.toString(score).getBytes(StandardCharsets.UTF_8);
        out.op(
                Op.WRITE,
                procfs.number(),
                out.string("self/oom_score_adj"),
                out.data().block(value),
                value.length,
                0);
    }

    @Override
    public String describe() {
        return "oom score " + score;
    }

    @Override
    public String why() {
        return "When memory ends, the kernel should kill what was named for it before what the host needs.";
    }
}
