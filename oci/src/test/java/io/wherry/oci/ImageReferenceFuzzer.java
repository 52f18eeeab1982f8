package io.wherry.oci;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text is a reference that is printed and read again as the same, with nothing in it that a path or a URL could take for something else, or is refused. */
public final class ImageReferenceFuzzer {
    private ImageReferenceFuzzer() {}

    /** {@return what to begin with} */
    public static List<byte[]> seeds() {
        return List.of(
                "localhost:5000/a-b/c_d:tag".getBytes(StandardCharsets.UTF_8),
                ("[::1]:50/a@sha256:" + "0".repeat(64)).getBytes(StandardCharsets.UTF_8),
                "alpine".getBytes(StandardCharsets.UTF_8));
    }

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        ImageReference reference;
        try {
            reference = ImageReference.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (WherryException e) {
            return;
        }
        String text = reference.toString();
        if (!ImageReference.parse(text).equals(reference)) {
            throw new AssertionError(text + " is read as another reference");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "._:/@[]-".indexOf(c) < 0) {
                throw new AssertionError(text + " has a character that no reference has");
            }
        }
        if (("/" + text + "/").contains("/../")) {
            throw new AssertionError(text + " climbs");
        }
    }
}
