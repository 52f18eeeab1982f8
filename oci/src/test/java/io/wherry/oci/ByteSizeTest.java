package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "12, 12",
        "12b, 12",
        "512k, 524288",
        "64m, 67108864",
        "64M, 67108864",
        "64MB, 67108864",
        "64MiB, 67108864",
        "64 mb, 67108864",
        "1g, 1073741824",
        "1.5g, 1610612736",
        "2t, 2199023255552",
        "1p, 1125899906842624",
        "9223372036854775807, 9223372036854775807",
    })
    void readsDockersUnits(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "-1",
                "+1",
                "1x",
                "1mm",
                "1bb",
                "1ib",
                "1e3",
                "0x10",
                "1,5g",
                ".5g",
                "1.",
                "1.g",
                "1..5g",
                "9223372036854775808",
                "8192p",
                "9999999999999g",
                "1g1",
                "\u0661"
            })
    void refusesOtherWords(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOfSatisfying(WherryException.class, e -> {
            assertThat(e.kind()).isEqualTo(WherryException.Kind.INVALID);
            assertThat(e.hint()).isPresent();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "67108864, 64 MiB",
        "1073741823, 1023.9 MiB",
        "9223372036854775807, 8191.9 PiB"
    })
    void printsForPeople(long bytes, String text) {
        assertThat(new ByteSize(bytes)).hasToString(text);
    }

    @Test
    void aSecretPrintsStars() {
        Secret secret = new Secret("hunter2");
        assertThat("" + secret).isEqualTo("***");
        assertThat(secret.reveal()).isEqualTo("hunter2");
        assertThat(secret).isEqualTo(new Secret("hunter2")).isNotEqualTo(new Secret("hunter3"));
    }

    @Test
    void aSentenceCannotCommandTheTerminal() {
        WherryException e = new WherryException(WherryException.Kind.INVALID, "a\u001b[2Jb\u009bc\nd", "x\u0007");
        assertThat(e).hasMessage("a\ufffd[2Jb\ufffdc\nd");
        assertThat(e.hint()).contains("x\ufffd");
    }
}
