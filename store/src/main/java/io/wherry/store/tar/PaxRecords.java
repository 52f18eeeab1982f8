package io.wherry.store.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The records of one extended header that is being made, in the order of their keys. */
final class PaxRecords {
    private final Map<String, byte[]> values = new TreeMap<>();

    boolean isEmpty() {
        return values.isEmpty();
    }

    void put(String key, String value) {
        put(key, bytes(value));
    }

    void put(String key, byte[] value) {
        values.put(key, value);
    }

    /** {@return {@code length key=value\n} for each; the length counts its own digits} */
    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(128);
        for (Map.Entry<String, byte[]> record : values.entrySet()) {
            int rest = record.getKey().length() + record.getValue().length + 3;
            int length = rest + digits(rest);
            length = rest + digits(length);
            out.writeBytes(bytes(length + " " + record.getKey() + "="));
            out.writeBytes(record.getValue());
            out.write('\n');
        }
        return out.toByteArray();
    }

    private static int digits(int number) {
        return Integer.toString(number).length();
    }

    private static byte[] bytes(String bytePath) {
        return bytePath.getBytes(StandardCharsets.ISO_8859_1);
    }
}
