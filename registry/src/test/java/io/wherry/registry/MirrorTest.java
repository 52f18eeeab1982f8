package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.PushRegistry.Mishap;
import io.wherry.registry.ScriptedRegistry.Script;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that somebody has written down for a registry. */
@Timeout(60)
class MirrorTest {
    private static final Credentials ALICE = new Credentials.Basic("alice", new Secret("secret"));

    @TempDir
    private Path folder;

    private final TestImage image = new TestImage();
    private final List<String> passedOver = new ArrayList<>();
    private final PullListener listener = new PullListener() {
        @Override
        public void passedOver(String mirror, String reason) {
            passedOver.add(reason);
        }
    };

    /** The registry under test is {@code registry}, and {@code text} its hosts.toml. */
    private RegistryConfig config(ScriptedRegistry registry, String text) throws IOException {
        Path own = Files.createDirectories(folder.resolve("certs.d").resolve(registry.name()));
        Files.writeString(own.resolve("hosts.toml"), text);
        return TestImage.plain(registry).withHosts(new HostsFolders(List.of(folder.resolve("certs.d"))));
    }

    private void assertPulls(RegistryConfig config, ScriptedRegistry registry) throws IOException {
        RegistryClient client = new RegistryClient(config);
        assertThat(client.resolve(image.reference(registry), listener)
                        .document()
                        .raw())
                .isEqualTo(image.manifest.raw());
        try (InputStream in = client.blob(
                image.reference(registry),
                image.layerDescriptor,
                BlobPosition.start(image.layerDescriptor),
                listener)) {
            assertThat(in.readAllBytes()).isEqualTo(image.layer);
        }
    }

    @Test
    void aMirrorIsAskedFirstAndToldForWhom() throws IOException {
        try (ScriptedRegistry mirror = ScriptedRegistry.start(image);
                ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            assertPulls(
                    config(
                            registry,
                            "[host.\"http://" + mirror.name() + "\"]\n[host.\"http://" + mirror.name()
                                    + "\".header]\nx-team = \"blue\"\n"),
                    registry);
            assertThat(registry.requests()).isEmpty();
            assertThat(mirror.requests())
                    .hasSize(2)
                    .allMatch(request -> request.query().equals("ns=" + registry.name())
                            && request.header("x-team").equals("blue"));
        }
    }

    @Test
    void whateverAMirrorDoesTheNextHostIsAsked() throws IOException {
        byte[] other = image.manifest.raw().clone();
        other[5] ^= 1;
        List<Script> scripts = List.of(
                (_, reply) -> reply.send(404, "", ""),
                (_, reply) -> reply.send(500, "", ""),
                (_, reply) -> reply.send(401, "", ""),
                (_, reply) -> reply.send(200, "Content-Type: text/html\r\n", "<html>"),
                (_, reply) -> reply.send(200, "Docker-Content-Digest: " + image.manifest.digest() + "\r\n", other),
                (_, reply) -> reply.send(302, "Location: http://169.254.169.254/\r\n", ""),
                (_, reply) -> reply.reset(),
                (_, reply) -> reply.stall());
        for (Script script : scripts) {
            try (ScriptedRegistry mirror = ScriptedRegistry.start(script);
                    ScriptedRegistry registry = ScriptedRegistry.start(image)) {
                passedOver.clear();
                RegistryConfig config = config(registry, "[host.\"http://" + mirror.name() + "\"]\n");
                assertPulls(config.withPatience(TestImage.IMPATIENT), registry);
                assertThat(passedOver).isNotEmpty();
            }
        }
    }

    @Test
    void aMirrorThatIsNotThereIsTriedOnce() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            assertPulls(config(registry, "[host.\"http://127.0.0.1:1\"]\n"), registry);
            assertThat(passedOver).hasSize(1).first().asString().contains("cannot be reached");
        }
    }

    @Test
    void theServersOwnFailureIsTheOneThatIsTold() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start((_, reply) -> reply.send(404, "", ""))) {
            RegistryConfig config = config(registry, "[host.\"http://127.0.0.1:1\"]\n");
            assertFails(
                    Kind.NOT_FOUND,
                    registry.name() + "/v2/acme",
                    () -> new RegistryClient(config).resolve(image.reference(registry)));
        }
    }

    @Test
    void aMirrorForBlobsIsNotAskedForTags() throws IOException {
        try (ScriptedRegistry mirror = ScriptedRegistry.start(image);
                ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            assertPulls(
                    config(registry, "[host.\"http://" + mirror.name() + "\"]\ncapabilities = [\"pull\"]\n"), registry);
            assertThat(registry.requests("/manifests/")).hasSize(1);
            assertThat(registry.requests("/blobs/")).isEmpty();
            assertThat(mirror.requests("/blobs/")).hasSize(1);
        }
    }

    @Test
    void aPathCanBeTheRootOfTheApi() throws IOException {
        try (ScriptedRegistry mirror = ScriptedRegistry.start(image);
                ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            assertPulls(
                    config(registry, "[host.\"http://" + mirror.name() + "/proxy/cache\"]\noverride_path = true\n"),
                    registry);
            assertThat(mirror.requests().getFirst().path()).isEqualTo("/proxy/cache/acme/app/manifests/1");
        }
    }

    @Test
    void theRegistrysCredentialsAreNotShownToItsMirror() throws IOException {
        try (ScriptedRegistry mirror = ScriptedRegistry.start(
                        (_, reply) -> reply.send(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", ""));
                ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            RegistryConfig config = config(registry, "[host.\"http://" + mirror.name() + "\"]\n")
                    .withCredentials((name, _) -> name.equals(registry.name()) ? Optional.of(ALICE) : Optional.empty());
            assertPulls(config, registry);
            assertThat(mirror.requests()).noneMatch(request -> request.headers().containsKey("authorization"));
        }
    }

    @Test
    void pushesGoToTheFirstThatTakesThem() throws IOException {
        PushRegistry taken = new PushRegistry(Mishap.NONE);
        try (ScriptedRegistry mirror = ScriptedRegistry.start(image);
                ScriptedRegistry registry = ScriptedRegistry.start(taken)) {
            RegistryPusher pusher = new RegistryPusher(config(
                    registry, "[host.\"http://" + mirror.name() + "\"]\ncapabilities = [\"pull\", \"resolve\"]\n"));
            pusher.manifest(image.reference(registry), image.manifest, PushListener.NONE);
            assertThat(taken.manifests).hasSize(1);
            assertThat(mirror.requests()).isEmpty();
        }
    }

    @Test
    void nobodyPushesWhereNobodyTakesIt() throws IOException {
        try (ScriptedRegistry registry = ScriptedRegistry.start(image)) {
            RegistryPusher pusher = new RegistryPusher(config(registry, "capabilities = [\"pull\", \"resolve\"]\n"));
            assertFails(
                    Kind.FAILED_PRECONDITION,
                    "has the capability `push`",
                    () -> pusher.manifest(image.reference(registry), image.manifest, PushListener.NONE));
        }
    }

    /** Certificates in Docker's form: an authority, and a client's, which the registry demands. */
    @Test
    void provesItselfWithAClientsCertificate() throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        try (ScriptedRegistry registry =
                ScriptedRegistry.startMutualTls(authority.server("right", "ip:127.0.0.1"), image)) {
            RegistryConfig nobody = RegistryConfig.DEFAULT.withPatience(TestImage.QUICK);
            // How a refused handshake ends is the other side's choice: an alert, or a broken connection.
            assertThatThrownBy(() -> new RegistryClient(nobody.withCaFiles(List.of(authority.caFile())))
                            .resolve(image.reference(registry)))
                    .isInstanceOf(WherryException.class);
            Path own = Files.createDirectories(folder.resolve("docker").resolve(registry.name()));
            Files.copy(authority.caFile(), own.resolve("ca.crt"));
            authority.write("me", "dns:me", own.resolve("client.cert"), own.resolve("client.key"));
            assertPulls(nobody.withHosts(new HostsFolders(List.of(folder.resolve("docker")))), registry);

            Path both = folder.resolve("both.pem");
            Files.writeString(
                    both, Files.readString(own.resolve("client.key")) + Files.readString(own.resolve("client.cert")));
            Path toml = Files.createDirectories(folder.resolve("toml").resolve(registry.name()));
            Files.writeString(
                    toml.resolve("hosts.toml"),
                    "server = \"https://" + registry.name() + "\"\nca = \"" + authority.caFile() + "\"\nclient = \""
                            + both + "\"\n");
            assertPulls(nobody.withHosts(new HostsFolders(List.of(folder.resolve("toml")))), registry);

            Files.writeString(own.resolve("client.key"), "-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
            assertFails(
                    Kind.INVALID,
                    "client.key",
                    () -> assertPulls(nobody.withHosts(new HostsFolders(List.of(folder.resolve("docker")))), registry));
        }
    }

    @Test
    void aCertificateIsNotLookedAtOnlyWhereThatIsWritten() throws Exception {
        TestAuthority authority = new TestAuthority(folder);
        try (ScriptedRegistry registry = ScriptedRegistry.startTls(authority.server("right", "dns:other"), image)) {
            String server = "server = \"https://" + registry.name() + "\"\n";
            RegistryConfig config = RegistryConfig.DEFAULT.withPatience(TestImage.QUICK);
            HostsFolders folders = new HostsFolders(List.of(folder.resolve("certs.d")));
            config(registry, server);
            assertFails(
                    Kind.FAILED_PRECONDITION,
                    "did not prove",
                    () -> new RegistryClient(config.withHosts(folders)).resolve(image.reference(registry)));
            config(registry, server + "skip_verify = true\n");
            assertPulls(config.withHosts(folders), registry);
        }
    }
}
