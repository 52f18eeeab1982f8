package io.wherry.engine.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Turns records into output: their text, behind what is to stand at the beginning of each line, in large pieces. */
final class LogPrinter {
    private static final int PIECE = 64 << 10;

    private final LogFormat format;
    private final LogOutput output;
    private final boolean timestamps;
    private final byte[] details;
    private final byte[] buffer;
    private final boolean[] midLine = new boolean[2];
    private int used;
    private boolean error; // whose the buffer is
    private boolean refused;

    /**
     * A printer.
     *
     * @param details what each line begins with behind its time; empty for nothing
     */
    LogPrinter(LogFormat format, LogOutput output, boolean timestamps, String details) {
        this.format = format;
        this.output = output;
        this.timestamps = timestamps;
        this.details = details.getBytes(StandardCharsets.UTF_8);
        this.buffer = new byte[PIECE + LogFile.BLOCK + LogTime.WIDTH + 2 + this.details.length];
    }

    /** {@return whether more is wanted} */
    boolean add(byte[] block, LogRecord record, long time) {
        if (record.error != error || used > PIECE) {
            flush();
            error = record.error;
        }
        int stream = error ? 1 : 0;
        if (!midLine[stream]) {
            begin(time);
        }
        int before = used;
        used = format.text(block, record, buffer, used);
        midLine[stream] = used > before ? buffer[used - 1] != '\n' : midLine[stream];
        return !refused;
    }

    private void begin(long time) {
        if (timestamps) {
            if (time == LogTime.NONE) {
                Arrays.fill(buffer, used, used + LogTime.WIDTH, (byte) '?');
                used += LogTime.WIDTH;
            } else {
                used = LogTime.put(buffer, used, time);
            }
            buffer[used++] = ' ';
        }
        if (details.length > 0) {
            System.arraycopy(details, 0, buffer, used, details.length);
            used += details.length;
            buffer[used++] = ' ';
        }
    }

    /** A sentence of ours on the error output. */
    void note(String sentence) {
        flush();
        byte[] bytes = sentence.getBytes(StandardCharsets.UTF_8);
        refused |= !output.write(true, bytes, bytes.length);
    }

    /** Hands over what is there. {@return whether more is wanted} */
    boolean flush() {
        if (used > 0 && !refused) {
            refused = !output.write(error, buffer, used);
        }
        used = 0;
        return !refused;
    }
}
