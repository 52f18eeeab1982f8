package io.wherry.engine;

import java.util.OptionalLong;

/**
 * What a container uses at one moment. Sizes are in bytes.
 *
 * @param taken when, by {@link System#nanoTime}
 * @param processor nanoseconds of processor time since its start
 * @param memory what it holds, without the page cache that could be given back at once
 * @param memoryLimit the most that it may have: its own limit, or the host's memory
 * @param received by its network but for the loopback; empty if it has none of its own
 * @param sent likewise
 * @param read from block devices; empty where this caller may not know
 * @param written likewise
 * @param processes processes and threads
 * @param processorFromProc whether the time was added up from {@code /proc}, for lack of a control group that counts it: then what has ended since the last look counts no more
 * @param memoryFromProc likewise, of memory
 */
public record ContainerStats(
        long taken,
        long processor,
        long memory,
        long memoryLimit,
        OptionalLong received,
        OptionalLong sent,
        OptionalLong read,
        OptionalLong written,
        long processes,
        boolean processorFromProc,
        boolean memoryFromProc) {

    /** {@return the share of one processor since an earlier moment, in percent; two busy processors are 200} */
    public double processorPercent(ContainerStats before) {
        long time = taken - before.taken;
        return time <= 0 ? 0 : 100.0 * Math.max(0, processor - before.processor) / time;
    }

    /** {@return the share of the limit, in percent} */
    public double memoryPercent() {
        return memoryLimit <= 0 ? 0 : 100.0 * memory / memoryLimit;
    }
}
