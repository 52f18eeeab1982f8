package io.wherry.oci.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    @Test
    void escapesAsGoDoes() {
        String text = "<a&b> \"q\" \\ \b\f\n\r\t\u0000\u001f\u007f \u2028\u2029 \u00e9\u20ac\ud83d\udea3";
        assertThat(new JsonWriter().value(text))
                .hasToString("\"\\u003ca\\u0026b\\u003e \\\"q\\\" \\\\ \\b\\f\\n\\r\\t\\u0000\\u001f\u007f "
                        + "\\u2028\\u2029 \u00e9\u20ac\ud83d\udea3\"");
        assertThat(JsonValue.parse(new JsonString(text).toBytes())).isEqualTo(new JsonString(text));
    }

    @Test
    void indentsAsGoDoes() {
        JsonValue value =
                JsonValue.parse("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":null}]}".getBytes(StandardCharsets.UTF_8));
        assertThat(value.toIndentedBytes()).asString().isEqualTo("""
                {
                  "a": [],
                  "b": {},
                  "c": [
                    1,
                    {
                      "d": null
                    }
                  ]
                }
                """);
    }

    @Test
    void refusesHalfASurrogatePair() {
        for (String text : new String[] {"\ud800", "a\ud800b", "\udc00", "\udc00\ud800"}) {
            assertThatThrownBy(() -> new JsonWriter().value(text)).isInstanceOf(WherryException.class);
        }
    }

    @Test
    void misuseIsCaught() {
        assertThatThrownBy(() -> new JsonWriter().beginObject().value(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new JsonWriter().beginObject().endArray()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new JsonWriter().beginArray().name("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new JsonWriter().value(1).value(2)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new JsonWriter().beginArray().toByteArray()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new JsonWriter().beginObject().name("a").endObject())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void writesAStreamOfDocuments() {
        assertThat(new JsonWriter().value(1).line().value("b").line()).hasToString("1\n\"b\"\n");
    }

    @Test
    void buildersKeepOrderAndPlace() {
        JsonObject object = JsonObject.builder().put("b", 1).put("a", "x").build().toBuilder()
                .put("b", true)
                .putMissing(JsonObject.builder().put("a", 5).put("z", 6).build())
                .build();
        assertThat(object).hasToString("{\"b\":true,\"a\":\"x\",\"z\":6}");
    }

    @Test
    void numbersKeepTheirText() {
        assertThat(JsonNumber.of("1.50e3")).hasToString("1.50e3");
        assertThat(JsonNumber.ofUnsigned(-1)).hasToString("18446744073709551615");
        assertThatThrownBy(() -> JsonNumber.of("1.")).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> JsonNumber.of("1 2")).isInstanceOf(JsonException.class);
    }

    @Test
    void fieldsHandBackWhatNobodyAskedFor() {
        Fields in = JsonObject.parse("{\"x\":null,\"a\":\"1\",\"y\":[2],\"n\":null}".getBytes(StandardCharsets.UTF_8))
                .fields();
        assertThat(in.string("a")).contains("1");
        assertThat(in.string("n")).isEmpty();
        assertThat(in.rest()).hasToString("{\"x\":null,\"y\":[2]}");
    }
}
