package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Debian's docker-registry on a free port of the loopback interface, with an empty folder of its own. Closing it ends the process and removes
 * the folder.
 */
public final class LocalRegistry implements AutoCloseable {
    /** Who may come in, with {@link Feature#PASSWORD}. */
    public static final String USER = "wherry";

    public static final String PASSWORD = "let me in";

    /** bcrypt, the only form the registry takes, of the password above. */
    private static final String HTPASSWD = USER + ":$2y$05$LKhwiFaL8QMgNQOzixOviuL8RhsUUaN29OBJgSG6mUd93/ypH9R7q\n";

    private static final Duration START = Duration.ofSeconds(20);

    /** What a registry can have beyond plain HTTP for everybody. */
    public enum Feature {
        /** A certificate for localhost and 127.0.0.1, by an authority of its own: {@link #authority()}. */
        TLS,
        /** Basic authentication. */
        PASSWORD
    }

    private final Path folder;
    private final int port;
    private final Set<Feature> features;
    private final Process process;

    private LocalRegistry(Path folder, int port, Set<Feature> features, Process process) {
        this.folder = folder;
        this.port = port;
        this.features = features;
        this.process = process;
    }

    /** Starts a registry; it answers when this returns. */
    public static LocalRegistry start(Feature... features) {
        Command.requireTool("docker-registry", "docker-registry");
        Set<Feature> wanted = EnumSet.noneOf(Feature.class);
        wanted.addAll(Arrays.asList(features));
        AssertionError last = new AssertionError("docker-registry was not started");
        for (int attempt = 0; attempt < 3; attempt++) { // somebody may take the free port first
            try {
                return attempt(wanted);
            } catch (AssertionError e) {
                last = e;
            }
        }
        throw last;
    }

    /** {@return {@code localhost:PORT}, the first part of a reference} */
    public String host() {
        return "localhost:" + port;
    }

    public int port() {
        return port;
    }

    /** {@return the address with its scheme and no slash at the end} */
    public String url() {
        return (features.contains(Feature.TLS) ? "https://" : "http://") + host();
    }

    /** {@return the certificate of the authority that signed this registry's, as PEM; only with TLS} */
    public Path authority() {
        return folder.resolve("certs/ca.crt");
    }

    /** {@return where the registry keeps a blob, for a test that damages it} */
    public Path blobFile(String digest) {
        String hex = digest.substring("sha256:".length());
        return folder.resolve("data/docker/registry/v2/blobs/sha256")
                .resolve(hex.substring(0, 2))
                .resolve(hex)
                .resolve("data");
    }

    /**
     * {@return options for skopeo}
     *
     * @param side {@code src} or {@code dest}
     */
    public List<String> skopeoOptions(String side) {
        List<String> options = new ArrayList<>();
        if (features.contains(Feature.TLS)) {
            options.add("--" + side + "-cert-dir=" + authority().getParent());
        } else {
            options.add("--" + side + "-tls-verify=false");
        }
        if (features.contains(Feature.PASSWORD)) {
            options.add("--" + side + "-creds=" + USER + ":" + PASSWORD);
        }
        return options;
    }

    /** {@return what the registry has logged so far, one request a line among others} */
    public String log() {
        return Proc.text(folder.resolve("log")).orElse("");
    }

    /** Ends the registry without a word, in the middle of what it does, and leaves its folder until {@link #close}. */
    public void kill() {
        process.destroyForcibly();
        waitForEnd();
    }

    @Override
    public void close() {
        process.destroy();
        waitForEnd();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private void waitForEnd() {
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static LocalRegistry attempt(Set<Feature> features) {
        LocalRegistry registry = null;
        try {
            Path folder = Files.createTempDirectory("registry-");
            int port = freePort();
            if (features.contains(Feature.TLS)) {
                makeCertificates(Files.createDirectory(folder.resolve("certs")));
            }
            Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
            Path configuration = Files.writeString(folder.resolve("config.yml"), configuration(folder, port, features));
            Process process = new ProcessBuilder("docker-registry", "serve", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            registry = new LocalRegistry(folder, port, features, process);
            registry.waitUntilItAnswers();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            if (registry != null) {
                registry.close();
            }
            throw e;
        }
    }

    private void waitUntilItAnswers() {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() - end < 0 && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        throw new AssertionError("docker-registry does not answer on port %d (%s); its log:\n%s"
                .formatted(port, process.isAlive() ? "running" : "ended with " + process.exitValue(), log()));
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for docker-registry", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String configuration(Path folder, int port, Set<Feature> features) {
        StringBuilder text = new StringBuilder("""
                version: 0.1
                log: {level: info, accesslog: {disabled: false}}
                storage: {filesystem: {rootdirectory: "%s/data"}, delete: {enabled: true}}
                http:
                  addr: "127.0.0.1:%d"
                """.formatted(folder, port));
        if (features.contains(Feature.TLS)) {
            text.append("  tls: {certificate: \"%1$s/certs/server.pem\", key: \"%1$s/certs/server.key.pem\"}\n"
                    .formatted(folder));
        }
        if (features.contains(Feature.PASSWORD)) {
            text.append("auth: {htpasswd: {realm: \"the testkit\", path: \"%s/htpasswd\"}}\n".formatted(folder));
        }
        return text.toString();
    }

    /** Names end in .pem where skopeo must not take a file of its folder for a client's certificate. */
    private static void makeCertificates(Path folder) throws IOException {
        Command.requireTool("openssl", "openssl");
        Files.writeString(
                folder.resolve("names.pem"),
                "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
        openssl(
                folder,
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.pem -out ca.crt"
                        + " -subj /CN=wherry-testkit-authority -addext keyUsage=critical,keyCertSign,cRLSign");
        openssl(
                folder,
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key.pem -out request.pem -subj /CN=localhost");
        openssl(
                folder,
                "x509 -req -in request.pem -CA ca.crt -CAkey ca.pem -CAcreateserial -days 2 -extfile names.pem -out server.pem");
    }

    private static void openssl(Path folder, String words) {
        List<String> all = new ArrayList<>(List.of("openssl"));
        all.addAll(Arrays.asList(words.split(" ")));
        Command.of(all).in(folder).check();
    }
}
