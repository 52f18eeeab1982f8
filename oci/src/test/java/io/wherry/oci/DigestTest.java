package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void hashesBytes() {
        assertThat(Digest.sha256(new byte[0])).hasToString("sha256:" + HEX);
        assertThat(Digest.parse("sha256:" + HEX).matches(new byte[0])).isTrue();
        assertThat(Digest.parse("sha256:" + HEX).matches(new byte[1])).isFalse();
        assertThat(Digest.parse("sha512:" + "0".repeat(128)).algorithm()).isEqualTo(Digest.Algorithm.SHA512);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "sha256",
                "sha256:",
                HEX,
                "sha256:" + HEX + "0",
                "sha256:../../../../../../../../../../../../../../../../../../../../../etc",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "SHA256:" + HEX,
                "sha256:" + HEX + "\n",
                " sha256:" + HEX,
                "sha512:" + HEX,
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha256+b64:" + HEX,
                "../sha256:" + HEX,
            })
    void refusesEveryOtherForm(String text) {
        assertThatThrownBy(() -> Digest.parse(text))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.INVALID));
        assertThat(Digest.tryParse(text)).isEmpty();
    }

    @Test
    void namesItsPlaceInAnImageLayout() {
        assertThat(Digest.parse("sha256:" + HEX).in(Path.of("/c/blobs"))).isEqualTo(Path.of("/c/blobs/sha256", HEX));
    }

    @Test
    void aLongTextIsCutInTheMessage() {
        String text = "sha256:" + "x".repeat(100_000);
        assertThatThrownBy(() -> Digest.parse(text))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void equalityIsByText() {
        Digest one = Digest.sha256("a");
        assertThat(one).isEqualTo(Digest.parse(one.toString())).hasSameHashCodeAs(Digest.parse(one.toString()));
        assertThat(one).isNotEqualTo(Digest.sha256("b".getBytes(StandardCharsets.UTF_8)));
    }
}
