package io.wherry.oci.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextPositionTest {
    private static final byte[] DOCUMENT = """
            {
              "a.b": {"c": [1, {"ü": "é", "d": true}]},
              "e": null
            }""".getBytes(UTF_8);

    private static String place(String path) {
        return TextPosition.of(DOCUMENT, TextPosition.offset(DOCUMENT, path)).toString();
    }

    @Test
    void aValueIsFoundByThePathThatErrorsName() {
        assertThat(place("a.b.c[0]")).isEqualTo("line 2, column 17");
        assertThat(place("a.b.c[1].d")).isEqualTo("line 2, column 36");
        assertThat(place("e")).isEqualTo("line 3, column 8");
    }

    @Test
    void whatIsMissingIsTheDocumentsAndTheEndIsAPlaceToo() {
        assertThat(place("a.x")).isEqualTo("line 1, column 1");
        assertThat(TextPosition.of(DOCUMENT, DOCUMENT.length + 5).toString()).isEqualTo("line 4, column 2");
    }

    @Test
    void aProblemIsToldWithItsPlaceOnce() {
        assertThat(JsonException.shape("e", "must be a string, found null").at("x.json", DOCUMENT))
                .hasMessage("x.json, line 3, column 8: `e` must be a string, found null.");
        assertThat(JsonException.syntax(4, "expected `:`, found `x`").at("x.json", DOCUMENT))
                .hasMessage("x.json, line 2, column 3: invalid JSON: expected `:`, found `x`.");
    }
}
