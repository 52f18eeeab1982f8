package io.wherry.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "64m, 67108864",
        "64M, 67108864",
        "64mb, 67108864",
        "64MiB, 67108864",
        "1.5g, 1610612736",
        "0.5k, 512",
        "17179869184, 17179869184",
        "12b, 12",
        "1 k, 1024",
        "8190p, 9221120237041090560",
        "1t, 1099511627776",
    })
    void sizes(String text, long bytes) throws BadValueException {
        assertThat(Values.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "-1",
                "1x",
                "1mm",
                "1mib2",
                "0x10",
                "1e3",
                "1.",
                ".5m",
                "1..5m",
                "8192p",
                "99999999999999999999",
                "1bb",
                "٣m",
                "1,5m",
                "NaN",
                "+1"
            })
    void notSizes(String text) {
        assertThatThrownBy(() -> Values.bytes(text)).isInstanceOf(BadValueException.class);
    }

    @ParameterizedTest
    @CsvSource({"0.5, 500000000", "2, 2000000000", "0.000000001, 1", "1.25, 1250000000", "0, 0"})
    void decimals(String text, long billionths) throws BadValueException {
        assertThat(Values.billionths(text)).isEqualTo(billionths);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "-1", "1.0000000001", "9999999999", "one", "1e1", "1.-5"})
    void notDecimals(String text) {
        assertThatThrownBy(() -> Values.billionths(text)).isInstanceOf(BadValueException.class);
    }

    @Test
    void numbersKeepTheirRange() throws BadValueException {
        assertThat(Values.number("-1", -1, 10)).isEqualTo(-1);
        assertThatThrownBy(() -> Values.number("11", -1, 10)).hasMessageContaining("between -1 and 10");
        assertThatThrownBy(() -> Values.number("+1", -1, 10)).isInstanceOf(BadValueException.class);
        assertThatThrownBy(() -> Values.number("", 0, Long.MAX_VALUE)).hasMessageContaining("at least 0");
    }
}
