package io.wherry.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {
    private static final long NOW = 1_767_323_045_000L; // 2026-01-02T03:04:05Z

    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, 0",
        "2026-01-02T03:04:05.000000006Z, 6",
        "2026-01-02T04:04:05+01:00, 0",
        "2026-01-01T22:04:05-05:00, 0",
        "1767323045, 0",
        "1767323045.5, 500000000",
        "1767323045.000000001, 1",
        "10s, -10000000000",
        "1h30m, -5400000000000",
        "1.5s, -1500000000",
        "100ms, -100000000",
    })
    void timesAreReadAsDockerDoes(String text, long fromNow) throws BadValueException {
        assertThat(Moments.parse(text, NOW) - NOW * 1_000_000).isEqualTo(fromNow);
    }

    @Test
    void timesWithoutAZoneAreTheCallers() throws BadValueException {
        long day = Moments.parse("2026-01-02", NOW);
        assertThat(Moments.parse("2026-01-02T00:00:01", NOW) - day).isEqualTo(1_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "-",
                "1e5",
                "5x",
                "m",
                "2026-13-01",
                "2026-01-02T",
                "9999-01-01T00:00:00Z",
                "1.",
                "0x10s",
                "-5m",
                "99999999999",
                "9999999h"
            })
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> Moments.parse(text, NOW)).isInstanceOf(BadValueException.class);
    }
}
