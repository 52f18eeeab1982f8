package io.wherry.engine.log;

/** A place in a block where a record lies; filled anew by each reading. */
final class LogRecord {
    /** Whether these bytes are a record; else the other fields say nothing. */
    boolean good;

    /** Whether it came from the error output. */
    boolean error;

    /** Where its text begins and, exclusively, ends. */
    int from;

    int to;

    /** Where the first escape in the text stands; {@code to} if there is none. */
    int escape;

    /** Its time as text, if the format keeps it so; {@code timeFrom} is negative if not. */
    int timeFrom;

    int timeTo;

    /** Its time in nanoseconds since 1970, if the format keeps it so. */
    long nanos;
}
