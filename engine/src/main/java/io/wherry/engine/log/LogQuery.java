package io.wherry.engine.log;

/**
 * What of a log is wanted.
 *
 * @param since nothing older than this, in nanoseconds since 1970; {@link Long#MIN_VALUE} for no bound
 * @param until nothing younger than this; {@link Long#MAX_VALUE} for no bound
 * @param tail the last so many lines, before the bounds of time are applied; {@link #ALL} for all
 * @param timestamps whether each line begins with its time, in RFC 3339 with nine decimals
 * @param details whether each line begins with the labels and variables that the log's options name
 * @param follow whether to go on until the container ends
 */
public record LogQuery(long since, long until, long tail, boolean timestamps, boolean details, boolean follow) {
    /** All lines. */
    public static final long ALL = -1;

    /** Everything that is there. */
    public static final LogQuery EVERYTHING = new LogQuery(Long.MIN_VALUE, Long.MAX_VALUE, ALL, false, false, false);
}
