package io.wherry.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether a process is the one that was recorded: its number alone may be another's by now. */
final class ProcessStart {
    private static final int FIELDS_BEHIND_NAME = 19; // from the state, field 3, to the start time, field 22

    private ProcessStart() {}

    /**
     * {@return whether it is alive}
     *
     * @param start when it started, in clock ticks since the boot (proc_pid_stat(5), field 22)
     */
    static boolean is(long pid, long start) {
        if (pid <= 0) {
            return false;
        }
        try {
            String stat =
                    new String(Files.readAllBytes(Path.of("/proc/" + pid + "/stat")), StandardCharsets.ISO_8859_1);
            int at = stat.lastIndexOf(')') + 1; // the name before it may hold anything
            for (int field = 0; field < FIELDS_BEHIND_NAME && at > 0; field++) {
                at = stat.indexOf(' ', at + 1);
            }
            int end = stat.indexOf(' ', at + 1);
            return at > 0 && end > at && stat.substring(at + 1, end).equals(Long.toString(start));
        } catch (IOException e) {
            return false; // gone
        }
    }
}
