package io.wherry.engine;

import io.wherry.oci.WherryException;

/**
 * What the kernel says of a process in one line (proc_pid_stat(5)). Times are in clock ticks, of which Linux shows programs 100 a second.
 *
 * @param pid its number
 * @param name the first 15 bytes of its program's name, as it chose
 * @param parent its parent's number
 * @param terminal device number of its terminal, 0 none
 * @param time of processor, its own
 * @param childrenTime of processor, of children that it has waited for
 * @param threads how many
 * @param start after the boot
 */
record ProcessStat(
        long pid, String name, long parent, int terminal, long time, long childrenTime, long threads, long start) {
    static final long TICKS_PER_SECOND = 100;

    private static final int PARENT = 1; // fields behind the name, from 0
    private static final int TERMINAL = 4;
    private static final int USER_TIME = 11;
    private static final int THREADS = 17;
    private static final int START = 19;

    /** Parses the line; the name may hold anything, brackets too. */
    static ProcessStat parse(String line) {
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        String[] fields =
                close < 0 ? new String[0] : line.substring(close + 1).strip().split(" ");
        if (open < 0 || fields.length <= START) {
            throw new WherryException(
                    WherryException.Kind.INTERNAL,
                    "The kernel's record of a process is not understood: `" + line + "`.");
        }
        return new ProcessStat(
                Long.parseLong(line.substring(0, open).strip()),
                line.substring(open + 1, close),
                Long.parseLong(fields[PARENT]),
                Integer.parseInt(fields[TERMINAL]),
                Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]),
                Long.parseLong(fields[USER_TIME + 2]) + Long.parseLong(fields[USER_TIME + 3]),
                Long.parseLong(fields[THREADS]),
                Long.parseLong(fields[START]));
    }
}
