package io.wherry.store.compress;

/** How bytes are packed, told by the first of them. */
public enum Compression {
    NONE("", ""),
    GZIP("gzip", "\u001F\u008B"),
    ZSTD("zstd", "(\u00B5/\u00FD"),
    BZIP2("bzip2", "BZh"),
    XZ("xz", "\u00FD7zXZ\0"),
    ZIP("zip", "PK\u0003\u0004");

    /** So many bytes are enough to tell. */
    public static final int MAGIC = 6;

    private final String word;

    /** A char for each byte. */
    private final String magic;

    Compression(String word, String magic) {
        this.word = word;
        this.magic = magic;
    }

    /** {@return the name that its tool has} */
    String word() {
        return word;
    }

    /** {@return how a stream that begins like this is packed} */
    public static Compression of(byte[] first) {
        for (Compression each : values()) {
            if (each != NONE && starts(first, 0, each.magic)) {
                return each;
            }
        }
        // A frame of zstd that is to be skipped: any of sixteen first bytes.
        boolean skippable = first.length > 0 && (first[0] & 0xF0) == 0x50 && starts(first, 1, "*M\u0018");
        return skippable ? ZSTD : NONE;
    }

    private static boolean starts(byte[] bytes, int at, String magic) {
        if (bytes.length < at + magic.length()) {
            return false;
        }
        for (int i = 0; i < magic.length(); i++) {
            if ((bytes[at + i] & 0xFF) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
