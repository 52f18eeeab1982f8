package io.wherry.store.compress;

import io.wherry.testkit.OciLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Any bytes are unpacked to what Java's own reader makes of them, where both accept them, or are refused. */
public final class GzipFuzzer {
    private static final int MOST = 1 << 20;

    private GzipFuzzer() {}

    /** {@return what to begin with} */
    public static List<byte[]> seeds() {
        byte[] plain = OciLayout.gzip("some text, some text".getBytes(StandardCharsets.UTF_8));
        byte[] two = Arrays.copyOf(plain, 2 * plain.length);
        System.arraycopy(plain, 0, two, plain.length, plain.length);
        byte[] fields = new byte[plain.length + 9]; // extra field, name, comment
        System.arraycopy(plain, 0, fields, 0, 10);
        fields[3] = 4 | 8 | 16;
        System.arraycopy(new byte[] {1, 0, 7, 'n', 0, 'c', 0}, 0, fields, 10, 7);
        System.arraycopy(plain, 10, fields, 17, plain.length - 10);
        return List.of(plain, two, Arrays.copyOf(fields, plain.length + 7));
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        byte[] ours = read(bytes, true);
        byte[] theirs = ours == null ? null : read(bytes, false);
        if (theirs != null && !Arrays.equals(ours, theirs)) {
            throw new AssertionError("unpacked to " + ours.length + " bytes, by Java to " + theirs.length);
        }
    }

    private static byte[] read(byte[] bytes, boolean own) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 12];
        try (InputStream from = new ByteArrayInputStream(bytes);
                InputStream in = own ? new GzipInput(from) : new GZIPInputStream(from)) {
            for (int n = in.read(buffer); n >= 0 && out.size() < MOST; n = in.read(buffer)) {
                if (n == 0) {
                    throw new AssertionError("a read that gives nothing, and no end");
                }
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            return null;
        }
        return out.toByteArray();
    }
}
