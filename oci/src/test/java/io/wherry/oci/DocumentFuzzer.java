package io.wherry.oci;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Any bytes are a manifest or index, an image's configuration, a runtime configuration, or are refused with a sentence. The first byte chooses which. */
public final class DocumentFuzzer {
    private DocumentFuzzer() {}

    /** {@return what to begin with} */
    public static List<byte[]> seeds() {
        return List.of(
                ("0" + ImageDocumentTest.MANIFEST).getBytes(StandardCharsets.UTF_8),
                ("1" + ImageConfigTest.FULL).getBytes(StandardCharsets.UTF_8),
                ("2" + RuntimeConfigTest.FULL).getBytes(StandardCharsets.UTF_8));
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        byte[] document = Arrays.copyOfRange(bytes, 1, bytes.length);
        try {
            switch (bytes[0] % 3) {
                case 0 -> check(ImageDocument.parse(document), document);
                case 1 -> ImageConfig.parse(document);
                default -> RuntimeConfig.parse(document).toJson();
            }
        } catch (WherryException e) {
            // refused
        }
    }

    private static void check(ImageDocument parsed, byte[] document) {
        if (parsed instanceof Manifest manifest && !Arrays.equals(manifest.raw(), document)) {
            throw new AssertionError("a manifest's digest is of other bytes than those that came");
        }
    }
}
