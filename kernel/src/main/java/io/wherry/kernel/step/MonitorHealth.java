package io.wherry.kernel.step;

import java.nio.ByteBuffer;

/**
 * How the monitor asks for the container's health (docs/monitor.md, "Health"): every now and then it runs a strand, which joins the container and executes the check there.
 *
 * @param strand which
 * @param output where that strand finds the descriptor for its output
 * @param interval milliseconds between the end of a check and the next, at least 1
 * @param timeout milliseconds that a check may take, at least 1
 * @param startPeriod milliseconds from the start in which failures do not count
 * @param retries how many failures in a row make it unhealthy, at least 1
 * @param startInterval milliseconds between checks in the start period, at least 1
 */
public record MonitorHealth(
        int strand, Slot output, int interval, int timeout, int startPeriod, int retries, int startInterval) {
    private static final int PLACE = 84;
    private static final int OUTPUT = 108;

    /** Writes the fields of a monitor block. */
    void put(ByteBuffer block) {
        block.position(PLACE)
                .putInt(strand)
                .putInt(interval)
                .putInt(timeout)
                .putInt(startPeriod)
                .putInt(retries)
                .putInt(startInterval)
                .putInt(OUTPUT, output.number());
    }

    String text() {
        return ", ask for its health by strand " + strand + " every " + interval + " ms";
    }
}
