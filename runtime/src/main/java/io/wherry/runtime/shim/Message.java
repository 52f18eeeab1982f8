package io.wherry.runtime.shim;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protobuf message being written, field by field, in the caller's order. Fields with their default value are left out. Not for several threads. */
final class Message {
    private static final int NUMBER = 0;
    private static final int BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Message number(int field, long value) {
        if (value != 0) {
            varint((long) field << 3 | NUMBER);
            varint(value);
        }
        return this;
    }

    Message flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    Message text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message bytes(int field, byte[] value) {
        if (value.length > 0) {
            varint((long) field << 3 | BYTES);
            varint(value.length);
            out.writeBytes(value);
        }
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
