package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimestampTest {
    private static final long LAST = 253_402_300_799L; // 9999-12-31T23:59:59Z

    private static void agrees(long second, int nano) {
        String text = Timestamp.of(second, nano);
        assertThat(Instant.parse(text)).isEqualTo(Instant.ofEpochSecond(second, nano));
        assertThat(text).hasSize(30).endsWith("Z");
    }

    @Test
    void everyDayOfFourCenturiesIsWrittenAsJavaReadsIt() {
        for (long day = 0; day < 146_097; day++) {
            agrees(day * 86_400 + day % 86_400, (int) (day * 6_007 % 1_000_000_000));
        }
    }

    @Test
    void anyTimeToTheEndOfFourDigitYears() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            agrees(random.nextLong(LAST + 1), random.nextInt(1_000_000_000));
        }
        agrees(LAST, 999_999_999);
        agrees(0, 0);
    }
}
