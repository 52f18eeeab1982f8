package io.wherry.store.tar;

/** Fills in one ustar header, a block of zeros at a fixed place in a buffer. */
final class TarHeaderFields {
    static final int LINK_AT = 157;
    static final int PREFIX_AT = 345;

    private static final int CHECKSUM_AT = 148;
    private static final int MAGIC_AT = 257;

    private final byte[] b;
    private final int at;

    TarHeaderFields(byte[] buffer, int at) {
        this.b = buffer;
        this.at = at;
    }

    void text(int field, String bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            b[at + field + i] = (byte) bytes.charAt(i);
        }
    }

    void numbers(int mode, long uid, long gid, long size, long seconds) {
        octal(100, 7, mode);
        octal(108, 7, uid);
        octal(116, 7, gid);
        octal(124, 11, size);
        octal(136, 11, seconds);
    }

    void type(char type) {
        b[at + 156] = (byte) type;
    }

    /** Sets what is last: the device's numbers, the form, the checksum. */
    void seal(int major, int minor) {
        text(MAGIC_AT, "ustar\00000");
        octal(329, 7, major);
        octal(337, 7, minor);
        long sum = 8 * ' ';
        for (int i = at; i < at + TarInput.BLOCK; i++) {
            sum += b[i] & 0xFF;
        }
        octal(CHECKSUM_AT, 6, sum);
        b[at + CHECKSUM_AT + 7] = ' ';
    }

    private void octal(int field, int digits, long value) {
        long left = value;
        for (int i = digits - 1; i >= 0; i--) {
            b[at + field + i] = (byte) ('0' + (left & 7));
            left >>>= 3;
        }
        if (left != 0) {
            throw new IllegalArgumentException("no " + digits + " octal digits: " + value);
        }
    }
}
