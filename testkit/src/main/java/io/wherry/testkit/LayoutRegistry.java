package io.wherry.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * An image layout served as a registry on loopback, in which something happens while a blob is on its way: {@link Way} is told of each piece before it is
 * sent, and may do what it likes meanwhile. Knows GET, HEAD and ranges, and nothing of passwords. Every repository has the layout's tags. Closing it
 * ends the serving.
 */
public final class LayoutRegistry implements AutoCloseable {
    private static final int PIECE = 1 << 16;
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    /** What happens on the way. */
    @FunctionalInterface
    public interface Way {
        /** Nothing happens. */
        Way CLEAR = (blob, at) -> {};

        /**
         * Called on the thread that sends.
         *
         * @param blob the blob's digest
         * @param at where in the blob the next piece begins
         * @throws IOException to close the connection
         */
        void before(String blob, long at) throws IOException;
    }

    private final OciLayout layout;
    private final ServerSocket socket;
    private volatile Way way = Way.CLEAR;

    public LayoutRegistry(OciLayout layout) {
        this.layout = layout;
        try {
            socket = new ServerSocket(0, 64, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** {@return the reference of a tag of the layout} */
    public String reference(String tag) {
        return "127.0.0.1:" + socket.getLocalPort() + "/served:" + tag;
    }

    /** From now on this happens on the way. */
    public void way(Way next) {
        way = next;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            // by the test
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = client.getOutputStream();
            for (String request = in.readLine(); request != null; request = in.readLine()) {
                long from = 0;
                for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    String header = line.toLowerCase(Locale.ROOT);
                    if (header.startsWith("range: bytes=")) {
                        from = Long.parseLong(header.substring("range: bytes=".length(), header.indexOf('-')));
                    }
                }
                answer(request.split(" ")[0].equals("GET"), request.split(" ")[1], from, out);
            }
        } catch (IOException gone) {
            // the other side, or the way, has ended it
        }
    }

    private void answer(boolean body, String path, long from, OutputStream out) throws IOException {
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean manifest = path.contains("/manifests/");
        String digest = layout.tags().containsKey(name)
                ? layout.tags().get(name).replaceFirst(".*\"digest\":\"([^\"]*)\".*", "$1")
                : name;
        Path file = digest.startsWith("sha256:") ? layout.blobFile(digest) : layout.folder();
        if (path.equals("/v2/") || !Files.isRegularFile(file)) {
            head(out, path.equals("/v2/") ? "200 OK" : "404 Not Found", 0, "");
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        String more = manifest
                ? "Content-Type: " + MANIFEST + "\r\nDocker-Content-Digest: " + digest + "\r\n"
                : "Content-Type: application/octet-stream\r\n";
        if (from > 0) {
            more += "Content-Range: bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length + "\r\n";
        }
        head(out, from > 0 ? "206 Partial Content" : "200 OK", bytes.length - from, more);
        for (int at = (int) from; body && at < bytes.length; at += PIECE) {
            if (!manifest) {
                way.before(digest, at);
            }
            out.write(Arrays.copyOfRange(bytes, at, Math.min(at + PIECE, bytes.length)));
        }
        out.flush();
    }

    private static void head(OutputStream out, String status, long length, String more) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
