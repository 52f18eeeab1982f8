package io.wherry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "999, 999B",
        "1000, 1kB",
        "1200, 1.2kB",
        "1234, 1.23kB",
        "1236000, 1.24MB",
        "9995, 10kB",
        "12345, 12.3kB",
        "72800000, 72.8MB",
        "116952000, 117MB",
        "999600, 1MB",
        "999499, 999kB",
        "1000000000, 1GB",
        "9223372036854775807, 9.22EB",
    })
    void sizesHaveThreeDigits(long bytes, String text) {
        assertThat(Human.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "-5, Less than a second", "0, Less than a second", "1, 1 second", "59, 59 seconds", "60, About a minute",
                "119, About a minute", "120, 2 minutes",
        "3599, 59 minutes", "3600, About an hour", "7200, 2 hours", "172800, 2 days", "1209600, 2 weeks",
                "5184000, 2 months", "63072000, 2 years",
    })
    void agesAreWordedAsDockerDoes(long seconds, String text) {
        assertThat(Human.duration(seconds)).isEqualTo(text);
    }

    @Test
    void shortIdsDropTheAlgorithm() {
        assertThat(Human.shortId("sha256:0123456789abcdef")).isEqualTo("0123456789ab");
        assertThat(Human.shortId("0123456789abcdef")).isEqualTo("0123456789ab");
        assertThat(Human.shortId("abc")).isEqualTo("abc");
    }

    @Test
    void aMomentThatIsNotKnownHasNoAge() {
        assertThat(Human.ago(0, 100)).isEqualTo("N/A");
        assertThat(Human.ago(40, 100)).isEqualTo("About a minute ago");
    }

    @Test
    void binarySizesHaveFourDigits() {
        assertThat(Human.binarySize(0)).isEqualTo("0B");
        assertThat(Human.binarySize(1023)).isEqualTo("1023B");
        assertThat(Human.binarySize(304 << 10)).isEqualTo("304KiB");
        assertThat(Human.binarySize(1_577_058)).isEqualTo("1.504MiB");
        assertThat(Human.binarySize(64L << 20)).isEqualTo("64MiB");
        assertThat(Human.binarySize(25_275_000_000L)).isEqualTo("23.54GiB");
        assertThat(Human.binarySize(Long.MAX_VALUE)).isEqualTo("8EiB");
    }

    @Test
    void percentHasTwoDecimals() {
        assertThat(Human.percent(0)).isEqualTo("0.00%");
        assertThat(Human.percent(1.456)).isEqualTo("1.46%");
        assertThat(Human.percent(200)).isEqualTo("200.00%");
    }
}
