package io.wherry.cli.command;

import io.wherry.engine.ContainerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Processes as {@code ps -ef} shows them. */
final class ProcessTable {
    private static final String[] TITLES = {"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"};
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final int FIRST_PSEUDO_TERMINAL = 136;
    private static final int LAST_PSEUDO_TERMINAL = 143;
    private static final int TERMINAL = 4;
    private static final int NAME_WIDTH = 8;

    private final Map<Long, String> users = new HashMap<>();
    private final LocalDateTime now;
    private final ZoneId zone;

    /** A table as it looks at a moment. */
    ProcessTable(LocalDateTime now, ZoneId zone) {
        this.now = now;
        this.zone = zone;
        try {
            for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
                String[] fields = line.split(":");
                if (fields.length > 2 && fields[2].matches("[0-9]{1,10}")) {
                    users.putIfAbsent(Long.parseLong(fields[2]), fields[0]);
                }
            }
        } catch (IOException e) {
            users.clear(); // numbers are shown then
        }
    }

    static String[] titles() {
        return TITLES.clone();
    }

    String[] row(ContainerProcess process) {
        long percent = process.age() == 0 ? 0 : Math.min(99, process.processor() / (10 * process.age()));
        return new String[] {
            user(process.uid()),
            Long.toString(process.pid()),
            Long.toString(process.parent()),
            Long.toString(percent),
            started(process.started()),
            terminal(process.terminal()),
            time(process.processor() / 1000),
            process.command()
        };
    }

    private String user(long uid) {
        String name = users.getOrDefault(uid, Long.toString(uid));
        return name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "+";
    }

    private String started(long seconds) {
        LocalDateTime then = LocalDateTime.ofInstant(Instant.ofEpochSecond(seconds), zone);
        if (then.toLocalDate().equals(now.toLocalDate())) {
            return two(then.getHour()) + ":" + two(then.getMinute());
        }
        if (then.getYear() == now.getYear()) {
            return MONTHS.get(then.getMonthValue() - 1) + two(then.getDayOfMonth());
        }
        return Integer.toString(then.getYear());
    }

    /** A device number as the kernel packs it: twelve bits of minor around twelve of major (makedev(3)). */
    private static String terminal(int device) {
        int major = (device >> 8) & 0xFFF;
        int minor = (device & 0xFF) | ((device >> 12) & 0xFFF00);
        if (major >= FIRST_PSEUDO_TERMINAL && major <= LAST_PSEUDO_TERMINAL) {
            return "pts/" + (minor + 256 * (major - FIRST_PSEUDO_TERMINAL));
        }
        return major == TERMINAL && minor < 64 ? "tty" + minor : "?";
    }

    private static String time(long seconds) {
        String clock = two(seconds / 3600 % 24) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
        return seconds < 86_400 ? clock : seconds / 86_400 + "-" + clock;
    }

    private static String two(long number) {
        return String.format(Locale.ROOT, "%02d", number);
    }
}
