package io.wherry.store.compress;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * Opens a layer by its first bytes; the media type is not asked, since it is often wrong and the digest of the result decides.
 *
 * <p>zstd is the one native library: {@code -DZstdNativePath=FILE} says where it is, so that nothing is unpacked into a temporary folder.
 */
public final class Decompression {
    /** The largest window of a zstd frame, 2^27 bytes, is what the zstd program accepts without being asked. It is native memory, per layer. */
    private static final int WINDOW_LOG = 27;

    private static final int PEEK = 6;

    private Decompression() {}

    /** {@return the uncompressed bytes; closing it closes {@code compressed}} */
    public static InputStream open(InputStream compressed) throws IOException {
        PushbackInputStream in = new PushbackInputStream(compressed, PEEK);
        byte[] first = in.readNBytes(PEEK);
        in.unread(first);
        if (starts(first, 0x1F, 0x8B)) {
            return new GzipInput(in);
        }
        boolean skippable = first.length >= 4
                && (first[0] & 0xF0) == 0x50
                && starts(new byte[] {first[1], first[2], first[3]}, 0x2A, 0x4D, 0x18);
        if (starts(first, 0x28, 0xB5, 0x2F, 0xFD) || skippable) {
            return new ZstdInputStreamNoFinalizer(in).setLongMax(WINDOW_LOG);
        }
        refuseOthers(first);
        return in;
    }

    private static void refuseOthers(byte[] first) {
        String name = starts(first, 'B', 'Z', 'h')
                ? "bzip2"
                : starts(first, 0xFD, '7', 'z', 'X', 'Z', 0) ? "xz" : starts(first, 'P', 'K', 3, 4) ? "zip" : "";
        if (!name.isEmpty()) {
            throw new WherryException(
                    Kind.UNSUPPORTED, "The layer is compressed with " + name + "; gzip, zstd and none are supported.");
        }
    }

    private static boolean starts(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
