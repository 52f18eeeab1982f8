package io.wherry.engine.log;

/** Counts lines from a log's end. The records of a long line count as one, also where the other stream spoke in between. */
final class LogTail {
    private long left;
    private final boolean[] open =
            new boolean[2]; // whether a later record of the stream goes on with what is before it

    LogTail(long lines) {
        this.left = lines;
    }

    /** {@return whether a record, given from the last to the first, is one of the last lines} */
    boolean takes(boolean error, boolean endsLine) {
        int stream = error ? 1 : 0;
        boolean newLine = endsLine || !open[stream];
        open[stream] = true;
        if (newLine) {
            left--;
        }
        return left >= 0;
    }
}
