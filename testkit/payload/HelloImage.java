import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * Writes an OCI image layout with one image, whose one layer holds one static program: {@code java HelloImage.java PROGRAM FOLDER}. Equal input
 * gives equal bytes: no time, no user, no host name goes in. Follows the OCI image specification 1.1, {@code image-layout.md}.
 */
public final class HelloImage {
    private static final String CREATED = "1970-01-01T00:00:00Z";

    private final Path folder;

    private HelloImage(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        byte[] program = Files.readAllBytes(Path.of(args[0]));
        new HelloImage(Path.of(args[1])).write(program);
    }

    private void write(byte[] program) throws IOException {
        Files.createDirectories(folder.resolve("blobs/sha256"));
        byte[] layer = layer(program);
        String layerBlob = blob("application/vnd.oci.image.layer.v1.tar+gzip", gzip(layer), "");
        String config = """
                {"created":"%s","architecture":"%s","os":"linux",\
                "config":{"Entrypoint":["/hello"],"Env":["PATH=/"],"WorkingDir":"/"},\
                "rootfs":{"type":"layers","diff_ids":["%s"]},\
                "history":[{"created":"%s","created_by":"wherry build: hello"}]}"""
                .formatted(CREATED, architecture(), digest(layer), CREATED);
        String manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}"""
                .formatted(blob("application/vnd.oci.image.config.v1+json", utf8(config), ""), layerBlob);
        String index = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}"""
                .formatted(blob(
                        "application/vnd.oci.image.manifest.v1+json",
                        utf8(manifest),
                        ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"hello\"}"));
        Files.write(folder.resolve("index.json"), utf8(index));
        Files.write(folder.resolve("oci-layout"), utf8("{\"imageLayoutVersion\":\"1.0.0\"}"));
    }

    /** Writes a blob and returns its descriptor as JSON. */
    private String blob(String mediaType, byte[] bytes, String more) throws IOException {
        String digest = digest(bytes);
        Files.write(folder.resolve("blobs/sha256").resolve(digest.substring("sha256:".length())), bytes);
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}".formatted(mediaType, digest, bytes.length, more);
    }

    /** A tar archive: the program as /hello, and the end, which is two blocks of zeros. */
    private static byte[] layer(byte[] program) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(header("hello", 0755, program.length));
        tar.writeBytes(program);
        tar.writeBytes(new byte[Math.floorMod(-program.length, 512)]);
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    /** The header of a regular file in POSIX ustar: owner 0, group 0, time 0. */
    private static byte[] header(String name, int mode, long size) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "%07o".formatted(0));
        put(header, 116, "%07o".formatted(0));
        put(header, 124, "%011o".formatted(size));
        put(header, 136, "%011o".formatted(0));
        put(header, 148, "        "); // the checksum counts as blanks in its own sum
        put(header, 156, "0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xFF;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String field) {
        byte[] bytes = utf8(field);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static String digest(byte[] bytes) {
        try {
            return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** {@return this machine's architecture in the words of the image specification, which are Go's} */
    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            case String other -> other;
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
