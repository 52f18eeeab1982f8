package io.wherry.store.compress;

/** How bytes are packed, told by the first of them. */
public enum Compression {
    NONE(""),
    GZIP("gzip", 0x1F, 0x8B),
    ZSTD("zstd", 0x28, 0xB5, 0x2F, 0xFD),
    BZIP2("bzip2", 'B', 'Z', 'h'),
    XZ("xz", 0xFD, '7', 'z', 'X', 'Z', 0),
    ZIP("zip", 'P', 'K', 3, 4);

    /** So many bytes are enough to tell. */
    public static final int MAGIC = 6;

    private final String word;
    private final int[] magic;

    Compression(String word, int... magic) {
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
        boolean skippable = first.length > 0 && (first[0] & 0xF0) == 0x50 && starts(first, 1, 0x2A, 0x4D, 0x18);
        return skippable ? ZSTD : NONE;
    }

    private static boolean starts(byte[] bytes, int at, int... magic) {
        if (bytes.length < at + magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[at + i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
