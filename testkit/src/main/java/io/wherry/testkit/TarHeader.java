package io.wherry.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 512 bytes in front of an entry, field by field, right or wrong as the test wants it. Not checked: a name that is too long is cut, a number that
 * does not fit in octal is written in base 256, and any field can be set to any bytes.
 *
 * <p>Follows POSIX.1-2017 pax, "ustar Interchange Format"; base 256 as GNU tar has it.
 */
public final class TarHeader {
    /** A field's place. */
    public enum Field {
        NAME(0, 100),
        MODE(100, 8),
        UID(108, 8),
        GID(116, 8),
        SIZE(124, 12),
        MTIME(136, 12),
        CHECKSUM(148, 8),
        TYPE(156, 1),
        LINK(157, 100),
        MAGIC(257, 8),
        USER(265, 32),
        GROUP(297, 32),
        MAJOR(329, 8),
        MINOR(337, 8),
        PREFIX(345, 155);

        private final int offset;
        private final int length;

        Field(int offset, int length) {
            this.offset = offset;
            this.length = length;
        }
    }

    private final byte[] bytes = new byte[512];
    private boolean checksumGiven;

    /** A header of the given type (such as {@code '0'} for a file), owned by 0:0, of size 0 and time 0. */
    public TarHeader(char type, String name, int mode) {
        text(Field.MAGIC, "ustar\00000");
        text(Field.NAME, name);
        text(Field.TYPE, String.valueOf(type));
        number(Field.MODE, mode).number(Field.UID, 0).number(Field.GID, 0);
        number(Field.SIZE, 0).number(Field.MTIME, 0).number(Field.MAJOR, 0).number(Field.MINOR, 0);
    }

    public TarHeader text(Field field, String value) {
        return raw(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets the field to these bytes, followed by zeros. */
    public TarHeader raw(Field field, byte[] value) {
        Arrays.fill(bytes, field.offset, field.offset + field.length, (byte) 0);
        System.arraycopy(value, 0, bytes, field.offset, Math.min(value.length, field.length));
        checksumGiven |= field == Field.CHECKSUM;
        return this;
    }

    /** Octal with a NUL if it fits, else base 256, which can be negative. */
    public TarHeader number(Field field, long value) {
        int digits = field.length - 1;
        if (value >= 0 && (digits * 3 >= 63 || value >> (digits * 3) == 0)) {
            String octal = Long.toOctalString(value);
            return text(field, "0".repeat(digits - octal.length()) + octal);
        }
        byte[] base256 = new byte[field.length];
        long rest = value;
        for (int at = field.length - 1; at >= 0; at--) {
            base256[at] = (byte) rest;
            rest >>= 8;
        }
        base256[0] = (byte) (value < 0 ? 0xFF : base256[0] | 0x80);
        return raw(field, base256);
    }

    /** {@return the 512 bytes, with the right checksum unless one was given} */
    public byte[] bytes() {
        if (!checksumGiven) {
            Arrays.fill(bytes, Field.CHECKSUM.offset, Field.CHECKSUM.offset + Field.CHECKSUM.length, (byte) ' ');
            int sum = 0;
            for (byte each : bytes) {
                sum += each & 0xFF;
            }
            String octal = Integer.toOctalString(sum);
            text(Field.CHECKSUM, "0".repeat(6 - octal.length()) + octal + "\0 ");
            checksumGiven = false;
        }
        return bytes.clone();
    }
}
