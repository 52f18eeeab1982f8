package io.wherry.store.compress;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Opens an archive by its first bytes; a layer's media type is not asked, since it is often wrong and the digest of the result decides.
 *
 * <p>zstd is the one native library: {@code -DZstdNativePath=FILE} says where it is, so that nothing is unpacked into a temporary folder.
 */
public final class Decompression {
    /** The largest window of a zstd frame, 2^27 bytes, is what the zstd program accepts without being asked. It is native memory, per layer. */
    private static final int WINDOW_LOG = 27;

    /** KiB of heap that xz may ask for: what {@code xz -9} needs, and a little more. */
    private static final int XZ_MEMORY = 70 << 10;

    private Decompression() {}

    /** {@return the uncompressed bytes; closing it closes {@code compressed}} */
    public static InputStream open(InputStream compressed) throws IOException {
        PushbackInputStream in = new PushbackInputStream(compressed, Compression.MAGIC);
        byte[] first = in.readNBytes(Compression.MAGIC);
        in.unread(first);
        Compression form = Compression.of(first);
        return switch (form) {
            case NONE -> in;
            case GZIP -> new GzipInput(in);
            case ZSTD -> new ZstdInputStreamNoFinalizer(in).setLongMax(WINDOW_LOG);
            case BZIP2 -> new Bzip2Input(in);
            case XZ -> new XZInputStream(in, XZ_MEMORY);
            case ZIP ->
                throw new WherryException(
                        Kind.UNSUPPORTED,
                        "The archive is compressed with " + form.word()
                                + "; gzip, bzip2, xz, zstd and none are supported.");
        };
    }
}
