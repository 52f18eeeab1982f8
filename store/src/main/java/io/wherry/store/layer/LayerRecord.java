package io.wherry.store.layer;

import io.wherry.kernel.tree.Attributes;
import io.wherry.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the file {@code layer} says: one {@code key value} a line.
 *
 * @param chain this layer's chain id
 * @param lowers names of the folders of all layers below, the uppermost first
 * @param root mode and owner that the image's root has with this layer on top
 * @param bytes of file data that were written
 */
record LayerRecord(Digest chain, List<String> lowers, Attributes root, long entries, long bytes) {
    LayerRecord {
        lowers = List.copyOf(lowers);
    }

    byte[] toBytes() {
        StringBuilder out = new StringBuilder(256);
        out.append("chain ").append(chain).append('\n');
        out.append("root ")
                .append(Integer.toOctalString(root.mode()))
                .append(' ')
                .append(Integer.toUnsignedString(root.uid()));
        out.append(' ')
                .append(Integer.toUnsignedString(root.gid()))
                .append(' ')
                .append(root.seconds())
                .append(' ')
                .append(root.nanos())
                .append('\n');
        out.append("entries ").append(entries).append("\nbytes ").append(bytes).append('\n');
        for (String lower : lowers) {
            out.append("lower ").append(lower).append('\n');
        }
        return out.append("end\n").toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** {@return the record in a layer's folder, if there is one} A damaged one is none: the layer is unpacked again. */
    static Optional<LayerRecord> read(Path folder) {
        Path file = folder.resolve("layer");
        try {
            return Optional.of(parse(Files.readString(file, StandardCharsets.US_ASCII), file));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static LayerRecord parse(String text, Path file) throws IOException {
        List<String> lowers = new ArrayList<>();
        Digest chain = null;
        Attributes root = Attributes.IMPLIED_FOLDER;
        long entries = 0;
        long bytes = 0;
        boolean ended = false;
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('\n', at);
            String line = text.substring(at, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            int space = line.indexOf(' ');
            String key = space < 0 ? line : line.substring(0, space);
            String value = line.substring(space + 1);
            switch (key) {
                case "chain" -> chain = Digest.parse(value);
                case "root" -> root = attributes(value);
                case "entries" -> entries = Long.parseLong(value);
                case "bytes" -> bytes = Long.parseLong(value);
                case "lower" -> lowers.add(value);
                case "end" -> ended = true;
                default -> throw new IOException("unknown key " + key);
            }
        }
        if (chain == null || !ended) {
            throw new IOException("cut: " + file);
        }
        return new LayerRecord(chain, lowers, root, entries, bytes);
    }

    private static Attributes attributes(String value) {
        int a = value.indexOf(' ');
        int b = value.indexOf(' ', a + 1);
        int c = value.indexOf(' ', b + 1);
        int d = value.indexOf(' ', c + 1);
        return new Attributes(
                Integer.parseInt(value.substring(0, a), 8),
                Integer.parseUnsignedInt(value.substring(a + 1, b)),
                Integer.parseUnsignedInt(value.substring(b + 1, c)),
                Long.parseLong(value.substring(c + 1, d)),
                Integer.parseInt(value.substring(d + 1)));
    }
}
