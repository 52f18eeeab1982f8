package io.wherry.store.tar;

import io.wherry.kernel.tree.BytePath;

/** The fields of one header block, at a fixed place in a buffer. */
final class TarHeader {
    private static final int CHECKSUM_AT = 148;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;

    private final byte[] b;
    private final int at;
    private final long offset;

    TarHeader(byte[] buffer, int at, long offset) {
        this.b = buffer;
        this.at = at;
        this.offset = offset;
    }

    boolean isZero() {
        for (int i = at; i < at + TarInput.BLOCK; i++) {
            if (b[i] != 0) {
                return false;
            }
        }
        return true;
    }

    void check() {
        long sum = 0;
        for (int i = 0; i < TarInput.BLOCK; i++) {
            sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + 8 ? ' ' : b[at + i] & 0xFF;
        }
        long stated = number("checksum", CHECKSUM_AT, 8);
        if (stated != sum) {
            throw new TarException(offset, "the checksum of a header is " + sum + ", it says " + stated);
        }
    }

    char type() {
        return (char) (b[at + 156] & 0xFF);
    }

    long size() {
        long size = number("size", 124, 12);
        if (size < 0) {
            throw new TarException(offset, "an entry has the negative size " + size);
        }
        return size;
    }

    int mode() {
        return (int) number("mode", 100, 8) & 07777;
    }

    long uid() {
        return number("uid", 108, 8);
    }

    long gid() {
        return number("gid", 116, 8);
    }

    long mtime() {
        return number("mtime", 136, 12);
    }

    /** {@return the number, or 0 in archives that have other things in its place} */
    int major() {
        return device("major", 329);
    }

    int minor() {
        return device("minor", 337);
    }

    private int device(String name, int field) {
        long number = number(name, field, 8);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw new TarException(offset, "a device has the " + name + " number " + number);
        }
        return (int) number;
    }

    String path() {
        String name = text(0, 100);
        String prefix = isUstar() ? text(PREFIX_AT, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String link() {
        return text(157, 100);
    }

    private boolean isUstar() {
        return has("ustar\0");
    }

    boolean isGnu() {
        return has("ustar ");
    }

    private boolean has(String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (b[at + MAGIC_AT + i] != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    long number(String name, int field, int length) {
        try {
            return TarNumbers.field(b, at + field, length);
        } catch (NumberFormatException e) {
            throw new TarException(offset, "the " + name + " of a header is no number: " + e.getMessage());
        }
    }

    boolean flag(int field) {
        return b[at + field] != 0;
    }

    private String text(int field, int limit) {
        int length = 0;
        while (length < limit && b[at + field + length] != 0) {
            length++;
        }
        return BytePath.of(b, at + field, length);
    }
}
