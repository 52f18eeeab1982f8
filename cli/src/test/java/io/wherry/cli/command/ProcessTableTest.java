package io.wherry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.engine.ContainerProcess;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** As ps(1) words it. */
class ProcessTableTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 26, 10, 0);
    private final ProcessTable table = new ProcessTable(NOW, ZoneOffset.UTC);

    private String row(long uid, int terminal, LocalDateTime started, long processor) {
        long seconds = started.toEpochSecond(ZoneOffset.UTC);
        long age = NOW.toEpochSecond(ZoneOffset.UTC) - seconds;
        ContainerProcess process = new ContainerProcess(12, 3, uid, terminal, seconds, age, processor, "cmd a");
        return String.join(" ", table.row(process));
    }

    @Test
    void startIsATimeTodayADayThisYearAndElseAYear() {
        assertThat(row(0, 0, NOW.minusMinutes(61), 0)).isEqualTo("root 12 3 0 08:59 ? 00:00:00 cmd a");
        assertThat(row(0, 0, NOW.minusDays(2), 0)).isEqualTo("root 12 3 0 Nov24 ? 00:00:00 cmd a");
        assertThat(row(0, 0, NOW.minusYears(2), 0)).isEqualTo("root 12 3 0 2024 ? 00:00:00 cmd a");
    }

    @Test
    void unknownUsersAreNumbersAndTerminalsHaveNames() {
        assertThat(row(4_000_000_123L, (136 << 8) | 5, NOW.minusSeconds(100), 50_000))
                .isEqualTo("4000000+ 12 3 50 09:58 pts/5 00:00:50 cmd a");
        assertThat(row(0, (4 << 8) | 1, NOW.minusDays(3), 90_061_000L * 2)).endsWith(" tty1 2-02:02:02 cmd a");
    }
}
