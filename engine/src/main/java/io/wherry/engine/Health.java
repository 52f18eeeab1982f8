package io.wherry.engine;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What the monitor has found out about a container's health (docs/monitor.md, "Health").
 *
 * @param status {@code starting}, {@code healthy} or {@code unhealthy}
 * @param streak failures since the last success
 * @param log the last five checks, the oldest first
 */
public record Health(String status, int streak, List<Check> log) {
    private static final int MOST = 5;
    private static final int FIELDS = 6;

    /** Copies the list. */
    public Health {
        log = List.copyOf(log);
    }

    /**
     * One check.
     *
     * @param begun when, in nanoseconds since 1970
     * @param ended when, in nanoseconds since 1970
     * @param exitCode 0 healthy; -1 its time was over
     * @param output the first 4,096 bytes of what it wrote
     */
    public record Check(long begun, long ended, int exitCode, byte[] output) {}

    /** {@return what a record says; absent if it is damaged} */
    static Optional<Health> parse(byte[] bytes) {
        KeyValues values = KeyValues.parse(bytes);
        String status = values.text("status");
        if (!status.equals("starting") && !status.equals("healthy") && !status.equals("unhealthy")) {
            return Optional.empty();
        }
        List<Check> log = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            String[] fields = values.text("log" + i).split(" ", FIELDS);
            if (fields.length == FIELDS) {
                try {
                    log.add(new Check(
                            nanoseconds(fields[0], fields[1]),
                            nanoseconds(fields[2], fields[3]),
                            Integer.parseInt(fields[4]),
                            HexFormat.of().parseHex(fields[5])));
                } catch (IllegalArgumentException e) {
                    return Optional.empty(); // damaged
                }
            }
        }
        return Optional.of(new Health(status, (int) values.number("streak", 0), log));
    }

    private static long nanoseconds(String seconds, String rest) {
        return Long.parseLong(seconds) * 1_000_000_000L + Long.parseLong(rest);
    }
}
