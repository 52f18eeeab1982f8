package io.wherry.kernel.step;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a container's output is kept (docs/monitor.md, "The log").
 *
 * @param format how
 * @param size the largest file in bytes; 0 for no limit
 * @param files how many are kept
 * @param waits whether a program that reads slowly is waited for, and the container with it
 * @param more members of each JSON object of json-file, each with a comma behind it; may be empty
 * @param environment variables of the program that reads, {@code NAME=value}
 * @param program its absolute path and its words; empty for files
 */
public record MonitorLog(
        Format format,
        long size,
        int files,
        boolean waits,
        String more,
        List<String> environment,
        List<String> program) {

    /** How output is kept; the numbers are the monitor's. */
    public enum Format {
        JSON_FILE,
        LOCAL,
        PROGRAM,
        NONE
    }

    /** It is not kept. */
    public static final MonitorLog NONE = new MonitorLog(Format.NONE, 0, 0, false, "", List.of(), List.of());

    /** {@return files of a format} */
    public static MonitorLog files(Format format, long size, int files, String more) {
        return new MonitorLog(format, size, files, false, more, List.of(), List.of());
    }

    /** {@return a program that reads it} */
    public static MonitorLog program(List<String> environment, List<String> program, boolean waits) {
        return new MonitorLog(Format.PROGRAM, 0, 0, waits, "", environment, program);
    }

    boolean isKept() {
        return format != Format.NONE;
    }

    void put(ByteBuffer block) {
        block.putLong(32, size);
        block.putInt(40, files);
        if (isKept()) {
            block.putInt(48, format.ordinal());
            block.putInt(52, waits ? 1 : 0);
            block.putInt(56, environment.size());
        }
    }

    /** {@return the strings of the instruction} */
    List<String> strings() {
        if (format != Format.PROGRAM) {
            return more.isEmpty() ? List.of() : List.of(more);
        }
        List<String> strings = new ArrayList<>(environment);
        strings.addAll(program);
        return strings;
    }

    String text() {
        if (format == Format.PROGRAM) {
            return ", log read by " + String.join(" ", program) + (waits ? ", which is waited for" : "");
        }
        String name = format == Format.LOCAL ? ", local log of " : ", log of ";
        return isKept() ? name + files + " files of " + size + " bytes" : ", no log";
    }
}
