package io.wherry.oci.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "false",
                "\"\"",
                "0",
                "-0",
                "-1.50e+10",
                "1E5",
                "123456789012345678901234567890",
                "{\"b\":1,\"a\":[{},[],null,\"\\u0001\"]}",
                "\"\u00e9 \u20ac \ud83d\udea3\"",
            })
    void writesWhatItRead(String text) {
        assertThat(JsonValue.parse(utf8(text)).toBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~                  | 0  | the end",
                "{                   | 1  | the end",
                "[1,]                | 3  | a value after `,`",
                "[,1]                | 1  | a value",
                "[1 2]               | 3  | `,` or `]`",
                "[1}                 | 2  | `,` or `]`",
                "{\"a\":1,}          | 7  | a name after",
                "{\"a\" 1}           | 5  | `:`",
                "{a:1}               | 1  | a name in quotes",
                "{\"a\":1,\"a\":2}   | 7  | `a` occurs twice",
                "{\"a\":1,\"\\u0061\":2} | 7 | `a` occurs twice",
                "01                  | 1  | leading zero",
                "-                   | 1  | a digit",
                "1.                  | 2  | a digit after",
                ".5                  | 0  | a value",
                "+1                  | 0  | a value",
                "1e                  | 2  | exponent",
                "NaN                 | 0  | a value",
                "nul                 | 3  | `null`",
                "tru1                | 3  | `true`",
                "'a'                 | 0  | a value",
                "\"a                 | 2  | closing quote",
                "\"\\x\"             | 2  | an escape",
                "\"\\u12g4\"         | 5  | four hexadecimal",
                "\"\\ud800\"         | 1  | surrogate",
                "\"\\udc00\"         | 1  | surrogate",
                "\"\\ud800\\u0041\"  | 1  | surrogate",
                "1 2                 | 2  | the end of the document",
                "{}{}                | 2  | the end of the document",
                "[1] //              | 4  | the end of the document",
            })
    void refusesWithTheOffset(String text, int offset, String problem) {
        assertThatThrownBy(() -> JsonValue.parse(utf8(text))).isInstanceOfSatisfying(JsonException.class, e -> {
            assertThat(e).hasMessageContaining(problem);
            assertThat(e.offset()).isEqualTo(offset);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "c080",
                "c1bf",
                "c2",
                "e08080",
                "e09fbf",
                "eda080",
                "edbfbf",
                "e282",
                "f0808080",
                "f08fbfbf",
                "f4908080",
                "f5808080",
                "ff",
                "c328"
            })
    void refusesInvalidUtf8(String hex) {
        byte[] inner = java.util.HexFormat.of().parseHex(hex);
        byte[] document = new byte[inner.length + 2];
        document[0] = '"';
        System.arraycopy(inner, 0, document, 1, inner.length);
        document[inner.length + 1] = '"';
        assertThatThrownBy(() -> JsonValue.parse(document))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("at byte 1: invalid UTF-8");
    }

    @Test
    void refusesControlCharactersInStrings() {
        for (char c = 0; c < 0x20; c++) {
            String text = "\"" + c + "\"";
            assertThatThrownBy(() -> JsonValue.parse(utf8(text)))
                    .isInstanceOf(JsonException.class)
                    .hasMessageContaining("at byte 1");
        }
    }

    @Test
    void refusesAByteOrderMark() {
        assertThatThrownBy(() -> JsonValue.parse(utf8("\ufeff{}")))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("byte 0xef");
    }

    @Test
    void boundsTheDepth() {
        assertThat(JsonValue.parse(utf8("[".repeat(64) + "]".repeat(64)))).isNotNull();
        assertThatThrownBy(() -> JsonValue.parse(utf8("[".repeat(65) + "]".repeat(65))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("deeper than 64");
        assertThatThrownBy(() -> JsonValue.parse(utf8("{\"a\":".repeat(100_000))))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("deeper than 64");
    }

    @Test
    void boundsTheLength() {
        assertThatThrownBy(() -> JsonValue.parse(utf8("\"12345678\""), JsonLimits.ofBytes(9)))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("10 bytes, at most 9");
    }

    @Test
    void boundsTheNumberOfValues() {
        JsonLimits limits = new JsonLimits(100, 3, 4);
        assertThat(JsonValue.parse(utf8("[1,2,3]"), limits)).isNotNull();
        assertThatThrownBy(() -> JsonValue.parse(utf8("[1,2,3,4]"), limits)).hasMessageContaining("more than 4 values");
    }

    @Test
    void pullsMembersOneByOne() {
        JsonReader in = new JsonReader(utf8("{ \"size\" : 12 , \"skip\":{\"a\":[1]}, \"names\":[\"x\",\"y\"] }"));
        in.beginObject();
        assertThat(in.name()).isEqualTo("size");
        assertThat(in.peek()).isEqualTo(JsonReader.Token.NUMBER);
        assertThat(in.integer()).isEqualTo(12);
        assertThat(in.name()).isEqualTo("skip");
        in.skip();
        assertThat(in.name()).isEqualTo("names");
        in.beginArray();
        StringBuilder names = new StringBuilder();
        while (in.hasNext()) {
            names.append(in.string());
        }
        in.endArray();
        assertThat(in.hasNext()).isFalse();
        in.endObject();
        in.end();
        assertThat(names).hasToString("xy");
    }

    @Test
    void pullingFindsDuplicateNamesToo() {
        JsonReader in = new JsonReader(utf8("{\"a\":1,\"a\":2}"));
        in.beginObject();
        in.name();
        in.skip();
        assertThatThrownBy(in::name).isInstanceOf(JsonException.class).hasMessageContaining("`a` occurs twice");
    }

    @Test
    void everyTruncationOfADocumentIsRefused() {
        byte[] whole = utf8("{\"a\":[1.5e3,true,null,\"\\ud83d\\udea3\u20ac\"],\"b\":{\"c\":false}}");
        for (int length = 0; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> JsonValue.parse(part)).isInstanceOf(JsonException.class);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
