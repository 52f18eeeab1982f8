package io.wherry.oci.json;

import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any bytes are a document that is written and read again as the same, or are refused with a sentence. */
public final class JsonFuzzer {
    private JsonFuzzer() {}

    /** {@return what to begin with} */
    public static List<byte[]> seeds() {
        return List.of("{\"a\":[1,-2.5e+3,true,null,{\"b\":\"\\u00e9\\n\\ud83d\\udea3\"}],\"\":\"\"}"
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        JsonValue once;
        try {
            once = JsonValue.parse(bytes);
        } catch (WherryException e) {
            return;
        }
        if (!JsonValue.parse(once.toBytes()).equals(once)
                || !JsonValue.parse(once.toIndentedBytes()).equals(once)) {
            throw new AssertionError("read again it is another document");
        }
    }
}
