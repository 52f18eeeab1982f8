package io.wherry.engine;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code key value} lines that the pilot writes and reads: one pair a line, split at the first blank. Unknown keys are kept. */
record KeyValues(Map<String, String> values) {

    static KeyValues parse(byte[] bytes) {
        Map<String, String> values = new LinkedHashMap<>();
        String text = new String(bytes, StandardCharsets.UTF_8);
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            int blank = text.indexOf(' ', at);
            if (blank > at && blank < end) {
                values.put(text.substring(at, blank), text.substring(blank + 1, end));
            }
            at = end + 1;
        }
        return new KeyValues(values);
    }

    long number(String key, long absent) {
        String value = values.get(key);
        try {
            return value == null ? absent : Long.parseLong(value);
        } catch (NumberFormatException e) {
            return absent; // a damaged line counts as absent
        }
    }

    String text(String key) {
        return values.getOrDefault(key, "");
    }
}
