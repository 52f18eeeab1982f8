package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Becomes the container's monitor: forwards input and output, writes the log, answers at the socket, reports the exit, then sweeps.
 *
 * @param pidfd the container's first process
 * @param block what it watches
 */
public record BecomeMonitor(Slot pidfd, MonitorBlock block) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] bytes = block.bytes(out.data());
        int at = out.data().block(bytes);
        List<String> strings = block.log().strings();
        out.op(Op.MONITOR, pidfd.number(), at, bytes.length, out.data().strings(strings), strings.size());
    }

    @Override
    public String describe() {
        return "become the monitor: " + block.text();
    }

    @Override
    public String why() {
        return "Somebody must forward the output, reap the process and clean up, with no daemon on the machine.";
    }
}
