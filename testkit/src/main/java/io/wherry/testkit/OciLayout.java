package io.wherry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * An OCI image layout on disk, made of layers that a test gives as tar archives. Deliberately a second writer, apart from the engine's own: a mistake
 * must not be on both sides of a test. Follows the OCI image specification 1.1, {@code image-layout.md}, {@code manifest.md} and {@code config.md}.
 *
 * @param folder absolute; holds {@code oci-layout}, {@code index.json} and {@code blobs/sha256}
 * @param tags the names in {@code index.json}, each with the descriptor of its manifest as JSON
 */
public record OciLayout(Path folder, SortedMap<String, String> tags) {
    private static final String TYPE = "application/vnd.oci.image.";

    /** How layers are packed. */
    public enum Compression {
        NONE("tar"),
        GZIP("tar+gzip");

        private final String suffix;

        Compression(String suffix) {
            this.suffix = suffix;
        }
    }

    /** An empty layout; the folder is made. */
    public static OciLayout create(Path folder) {
        try {
            Files.createDirectories(folder.resolve("blobs/sha256"));
            Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        OciLayout layout = new OciLayout(folder.toAbsolutePath(), new TreeMap<>());
        layout.writeIndex();
        return layout;
    }

    /**
     * Adds an image of linux/amd64, or of the processor of this machine if that is another.
     *
     * @param config the JSON object {@code config} of the image's configuration, such as {@code {"Cmd":["sh"]}}
     * @param layers tar archives, lowest first
     */
    public OciLayout image(String tag, String config, Compression compression, List<byte[]> layers) {
        List<String> diffIds = new ArrayList<>();
        List<String> descriptors = new ArrayList<>();
        for (byte[] layer : layers) {
            diffIds.add("\"" + digest(layer) + "\"");
            byte[] packed = compression == Compression.GZIP ? gzip(layer) : layer;
            descriptors.add(blob(TYPE + "layer.v1." + compression.suffix, packed, ""));
        }
        return image(tag, config, diffIds, descriptors);
    }

    /** Adds an image with one layer, gzip, from a tar archive too large for memory. */
    public OciLayout image(String tag, String config, Path archive) {
        MessageDigest plain = sha256();
        MessageDigest packed = sha256();
        try {
            Path file = folder.resolve("layer.tmp"); // readable by others, as a temporary file would not be
            try (InputStream from = new DigestInputStream(Files.newInputStream(archive), plain);
                    OutputStream to = new GZIPOutputStream(
                            new DigestOutputStream(Files.newOutputStream(file), packed), 1 << 16)) {
                from.transferTo(to);
            }
            String digest = text(packed);
            String descriptor = descriptor(TYPE + "layer.v1.tar+gzip", digest, Files.size(file), "");
            Files.move(file, blobFile(digest), StandardCopyOption.ATOMIC_MOVE);
            return image(tag, config, List.of("\"" + text(plain) + "\""), List.of(descriptor));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Adds an image that stands on another layout's, whose blobs are linked to: its layers, and these above them.
     *
     * @param base a layout that this class has written
     * @param layers tar archives, lowest first
     */
    public OciLayout imageOn(OciLayout base, String baseTag, String tag, String config, List<byte[]> layers) {
        String manifest = base.text(member(Objects.requireNonNull(base.tags.get(baseTag)), "\"digest\":\"([^\"]*)\""));
        String below = base.text(member(manifest, "\"config\":\\{.*?\"digest\":\"([^\"]*)\""));
        List<String> diffIds =
                new ArrayList<>(List.of(member(below, "\"diff_ids\":\\[(.*?)]").split(",")));
        List<String> descriptors = new ArrayList<>(List.of(
                member(manifest, "\"layers\":\\[(.*)]").replace("},{", "}\n{").split("\n")));
        try {
            for (String descriptor : descriptors) {
                String digest = member(descriptor, "\"digest\":\"([^\"]*)\"");
                Files.createSymbolicLink(blobFile(digest), base.blobFile(digest).toAbsolutePath());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (byte[] layer : layers) {
            diffIds.add("\"" + digest(layer) + "\"");
            descriptors.add(blob(TYPE + "layer.v1.tar+gzip", gzip(layer), ""));
        }
        return image(tag, config, diffIds, descriptors);
    }

    private String text(String digest) {
        try {
            return Files.readString(blobFile(digest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String member(String json, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(json);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + json);
        }
        return matcher.group(1);
    }

    private OciLayout image(String tag, String config, List<String> diffIds, List<String> descriptors) {
        String step = "{\"created\":\"1970-01-01T00:00:00Z\",\"created_by\":\"testkit\"}";
        String image = """
                {"created":"1970-01-01T00:00:00Z","architecture":"%s","os":"linux","config":%s,\
                "rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}""".formatted(
                        architecture(),
                        config,
                        String.join(",", diffIds),
                        String.join(",", Collections.nCopies(diffIds.size(), step)));
        return manifest(tag, manifestOf(blob(TYPE + "config.v1+json", image.getBytes(UTF_8), ""), descriptors));
    }

    /** Adds a manifest or index as it is, right or wrong, under a tag. */
    public OciLayout manifest(String tag, String json) {
        String mediaType = json.contains("\"manifests\"") ? "index.v1+json" : "manifest.v1+json";
        String annotation = ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag + "\"}";
        tags.put(tag, blob(TYPE + mediaType, json.getBytes(UTF_8), annotation));
        writeIndex();
        return this;
    }

    /** {@return a manifest of a configuration's and layers' descriptors, each a JSON object} */
    public static String manifestOf(String config, List<String> layers) {
        return "{\"schemaVersion\":2,\"mediaType\":\"%smanifest.v1+json\",\"config\":%s,\"layers\":[%s]}"
                .formatted(TYPE, config, String.join(",", layers));
    }

    /**
     * Writes a blob.
     *
     * @param more further members of the descriptor, beginning with a comma, or nothing
     * @return its descriptor, a JSON object
     */
    public String blob(String mediaType, byte[] bytes, String more) {
        String digest = digest(bytes);
        try {
            Files.write(blobFile(digest), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return descriptor(mediaType, digest, bytes.length, more);
    }

    private static String descriptor(String mediaType, String digest, long size, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}".formatted(mediaType, digest, size, more);
    }

    /** {@return where a blob lies} */
    public Path blobFile(String digest) {
        return folder.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
    }

    /** {@return {@code sha256:} and 64 lower-case hexadecimal digits} */
    public static String digest(byte[] bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return text(digest);
    }

    private static String text(MessageDigest digest) {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private void writeIndex() {
        String index = "{\"schemaVersion\":2,\"mediaType\":\"%sindex.v1+json\",\"manifests\":[%s]}"
                .formatted(TYPE, String.join(",", tags.values()));
        try {
            Files.writeString(folder.resolve("index.json"), index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
    }
}
