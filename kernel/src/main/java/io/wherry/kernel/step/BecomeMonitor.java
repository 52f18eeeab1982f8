package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Becomes the container's monitor: forwards input and output, writes the log, answers at the socket, reports the exit, then sweeps.
 *
 * @param pidfd the container's first process
 * @param block what it watches
 */
public record BecomeMonitor(Slot pidfd, MonitorBlock block) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] bytes = block.bytes();
        out.op(Op.MONITOR, pidfd.number(), out.data().block(bytes), bytes.length);
    }

    @Override
    public String describe() {
        return "become the monitor: " + block.text();
    }
}
