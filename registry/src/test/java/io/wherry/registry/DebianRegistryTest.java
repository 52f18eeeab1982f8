package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from the program {@code docker-registry} of Debian's package of that name. */
@Timeout(60)
class DebianRegistryTest {
    private final TestImage image = new TestImage();

    @TempDir
    private Path folder;

    private Process process;
    private int port;

    @AfterEach
    void stop() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    private ImageReference start(String httpSettings, String settings) throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = socket.getLocalPort();
        }
        Path config = folder.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: error}
                storage:
                  filesystem: {rootdirectory: %s}
                http:
                  addr: 127.0.0.1:%d
                %s%s""".formatted(folder.resolve("data"), port, httpSettings, settings));
        process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        for (int i = 0; i < 200; i++) {
            try (Socket probe = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                return ImageReference.parse("127.0.0.1:" + probe.getPort() + "/acme/app:1");
            } catch (IOException e) {
                Thread.sleep(50);
            }
        }
        throw new AssertionError(Files.readString(folder.resolve("log")));
    }

    /** Pushes as the specification says, in one request per blob. */
    private void push(String scheme, HttpClient http, String authorization) throws Exception {
        String base = scheme + "://127.0.0.1:" + port;
        for (byte[] blob : List.of(image.layer, image.config)) {
            HttpResponse<String> session = http.send(
                    request(base + "/v2/acme/app/blobs/uploads/", authorization)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String location = session.headers().firstValue("Location").orElseThrow();
            String target = URI.create(base).resolve(location) + (location.contains("?") ? "&" : "?") + "digest="
                    + Digest.sha256(blob);
            HttpResponse<String> put = http.send(
                    request(target, authorization)
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(blob))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(put.statusCode()).as(put.body()).isEqualTo(201);
        }
        HttpResponse<String> manifest = http.send(
                request(base + "/v2/acme/app/manifests/1", authorization)
                        .header("Content-Type", image.manifest.mediaType())
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(image.manifest.raw()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(manifest.statusCode()).as(manifest.body()).isEqualTo(201);
    }

    private static HttpRequest.Builder request(String uri, String authorization) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    private void assertPulls(RegistryClient client, ImageReference reference) throws IOException {
        ResolvedManifest found = client.resolve(reference);
        assertThat(found.document().raw()).isEqualTo(image.manifest.raw());
        Manifest manifest = (Manifest) found.document();
        assertThat(client.document(reference, manifest.config())).isEqualTo(image.config);
        BlobPosition half = BlobPosition.start(image.layerDescriptor);
        half.hash().orElseThrow().update(image.layer, 0, 1000);
        for (BlobPosition from :
                List.of(BlobPosition.start(image.layerDescriptor), new BlobPosition(half.hash(), 1000))) {
            int offset = (int) from.offset();
            try (InputStream in = client.blob(reference, manifest.layers().get(0), from, PullListener.NONE)) {
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(image.layer, offset, image.layer.length));
            }
        }
    }

    @Test
    void pullsOverPlainHttp() throws Exception {
        ImageReference reference = start("", "");
        push("http", HttpClient.newHttpClient(), "");
        RegistryClient client = new RegistryClient(RegistryConfig.DEFAULT);
        assertPulls(client, reference);
        assertFails(Kind.NOT_FOUND, "MANIFEST_UNKNOWN", () -> client.resolve(reference.withTag("2")));
        assertFails(
                Kind.NOT_FOUND,
                "MANIFEST_UNKNOWN",
                () -> client.resolve(ImageReference.parse("127.0.0.1:" + port + "/nobody/nothing")));
    }

    @Test
    void pullsWithTlsAndAPassword() throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        authority.write("server", "ip:127.0.0.1", folder.resolve("cert.pem"), folder.resolve("key.pem"));
        // alice:secret by bcrypt
        Process htpasswd = new ProcessBuilder("htpasswd", "-Bbn", "alice", "secret")
                .redirectOutput(folder.resolve("htpasswd").toFile())
                .start();
        assertThat(htpasswd.waitFor()).isZero();
        ImageReference reference = start(
                "  tls: {certificate: %s, key: %s}\n".formatted(folder.resolve("cert.pem"), folder.resolve("key.pem")),
                "auth:\n  htpasswd: {realm: here, path: %s}\n".formatted(folder.resolve("htpasswd")));
        RegistryConfig config = RegistryConfig.DEFAULT.withCaFiles(List.of(authority.caFile()));
        String authorization = "Basic "
                + Base64.getEncoder().encodeToString("alice:secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        push(
                "https",
                HttpClient.newBuilder()
                        .sslContext(Trust.context(Connection.of(Transport.Security.VERIFIED), config.caFiles()))
                        .build(),
                authorization);
        assertPulls(
                new RegistryClient(config.withCredentials(
                        (_, _) -> Optional.of(new Credentials.Basic("alice", new Secret("secret"))))),
                reference);
        assertFails(Kind.DENIED, "401 UNAUTHORIZED", () -> new RegistryClient(config).resolve(reference));
        assertFails(
                Kind.DENIED,
                "(as user alice)",
                () -> new RegistryClient(config.withCredentials(
                                (_, _) -> Optional.of(new Credentials.Basic("alice", new Secret("wrong")))))
                        .resolve(reference));
        assertFails(
                Kind.FAILED_PRECONDITION,
                "did not prove",
                () -> new RegistryClient(RegistryConfig.DEFAULT).resolve(reference));
    }
}
