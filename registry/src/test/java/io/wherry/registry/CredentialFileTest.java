package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("user")
@Timeout(60)
class CredentialFileTest {
    private static final Credentials ALICE = new Credentials.Basic("alice", new Secret("p:w"));
    private static final Credentials TOKEN = new Credentials.IdentityToken(new Secret("id"));

    @TempDir
    private Path folder;

    private Path config;
    private Map<String, String> environment;

    @BeforeEach
    void open() {
        config = folder.resolve("docker/config.json");
        environment = Map.of("DOCKER_CONFIG", folder.resolve("docker").toString(), "PATH", folder + ":/usr/bin:/bin");
    }

    private CredentialFile file() {
        return CredentialFile.of(environment);
    }

    private void write(String text) throws IOException {
        Files.createDirectories(config.getParent());
        Files.writeString(config, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker.io", "ghcr.io", "localhost:5000"})
    void whatIsStoredIsFoundAndForgotten(String registry) {
        for (Credentials each : new Credentials[] {ALICE, TOKEN}) {
            assertThat(file().store(registry, each)).isEqualTo(config.toString());
            assertThat(DockerCredentials.of(environment).find(registry, "a/b")).contains(each);
        }
        assertThat(file().erase(registry)).isTrue();
        assertThat(file().erase(registry)).isFalse();
        assertThat(DockerCredentials.of(environment).find(registry, "a/b")).isEmpty();
    }

    @Test
    void whatElseTheFileSaysStaysInItsOrder() throws IOException {
        write(
                "{\"psFormat\":\"x\",\"auths\":{\"a.io\":{\"auth\":\"YTpi\",\"more\":1.50},\"b.io\":{}},\"z\":[null,1e9]}");
        file().store("a.io", ALICE);
        file().store("c.io", TOKEN);
        file().erase("b.io");
        assertThat(Files.readString(config).replaceAll("\\s", ""))
                .isEqualTo("{\"psFormat\":\"x\",\"auths\":{\"a.io\":{\"auth\":\"YWxpY2U6cDp3\"},"
                        + "\"c.io\":{\"identitytoken\":\"id\"}},\"z\":[null,1e9]}");
    }

    @Test
    void onlyItsOwnerCanReadIt() throws IOException {
        file().store("a.io", ALICE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config.getParent())))
                .isEqualTo("rwx------");
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rw-r--r--"));
        file().store("a.io", TOKEN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(config.getParent())) {
            assertThat(files).containsExactly(config);
        }
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path real = Files.writeString(folder.resolve("dotfiles.json"), "{}");
        Files.createDirectories(config.getParent());
        Files.createSymbolicLink(config, real);
        file().store("a.io", ALICE);
        assertThat(config).isSymbolicLink();
        assertThat(real).content().contains("a.io");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"auths\":[]}", "{\"auths\":{}}x", "{\"credHelpers\":{\"a.io\":7}}"})
    void aFileThatIsNotUnderstoodIsNotTouched(String text) throws IOException {
        write(text);
        assertFails(Kind.INVALID, "", () -> file().store("a.io", ALICE));
        assertThat(config).content().isEqualTo(text);
    }

    @Test
    void otherSpellingsOfARegistryGiveWay() throws IOException {
        write("{\"auths\":{\"https://a.io/v1/\":{\"auth\":\"YTpi\"},\"a.io/team\":{\"auth\":\"Yzpk\"}}}");
        file().store("a.io", ALICE);
        assertThat(config).content().doesNotContain("https://").contains("a.io/team");
        assertThat(file().erase("a.io")).isTrue();
        assertThat(DockerCredentials.of(environment).find("a.io", "team/x"))
                .contains(new Credentials.Basic("c", new Secret("d")));
    }

    private void helper(String script) throws IOException {
        Path file = folder.resolve("docker-credential-box");
        Files.writeString(file, "#!/bin/sh\ncd " + folder + "\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aHelperKeepsTheSecretAndTheFileDoesNot() throws IOException {
        write("{\"credsStore\":\"box\"}");
        helper("case $1 in store) cat >kept;; erase) rm kept;; get) test -f kept && cat kept"
                + " || { echo credentials not found in native keychain; exit 1; };; esac\n");
        assertThat(file().store("a.io", ALICE)).isEqualTo("docker-credential-box");
        assertThat(folder.resolve("kept"))
                .content()
                .isEqualTo("{\"ServerURL\":\"a.io\",\"Username\":\"alice\",\"Secret\":\"p:w\"}");
        assertThat(config).content().contains("a.io").doesNotContain("auth\"").doesNotContain("p:w");
        assertThat(DockerCredentials.of(environment).find("a.io", "x")).contains(ALICE);
        file().store("a.io", TOKEN);
        assertThat(DockerCredentials.of(environment).find("a.io", "x")).contains(TOKEN);
        assertThat(file().erase("a.io")).isTrue();
        assertThat(folder.resolve("kept")).doesNotExist();
        assertThat(file().erase("a.io")).isFalse();
    }

    @Test
    void aHelperThatFailsIsNamedAndNothingIsWritten() throws IOException {
        String text = "{\"credHelpers\":{\"a.io\":\"box\"}}";
        write(text);
        assertFails(Kind.FAILED_PRECONDITION, "docker-credential-box", () -> file().store("a.io", ALICE));
        helper("echo locked; exit 3\n");
        assertFails(Kind.FAILED_PRECONDITION, "status 3: locked", () -> file().store("a.io", ALICE));
        assertThat(config).content().isEqualTo(text);
    }

    @Test
    void withoutAHomeThereIsNoPlace() {
        assertFails(Kind.FAILED_PRECONDITION, "HOME", () -> CredentialFile.of(Map.of()));
    }

    /** Podman's places, behind Docker's; a file that is named comes first. */
    @Test
    void podmansFilesAreReadToo() throws IOException {
        Map<String, String> all = Map.of(
                "HOME", folder.resolve("home").toString(),
                "XDG_RUNTIME_DIR", folder.resolve("run").toString(),
                "REGISTRY_AUTH_FILE", folder.resolve("named.json").toString());
        put("home/.config/containers/auth.json", "d.io");
        put("run/containers/auth.json", "c.io");
        put("home/.docker/config.json", "b.io");
        put("named.json", "a.io");
        for (String registry : new String[] {"a.io", "b.io", "c.io", "d.io"}) {
            assertThat(DockerCredentials.of(all).find(registry, "ns/x"))
                    .as(registry)
                    .isPresent();
        }
        put("named.json", "d.io/ns");
        assertThat(DockerCredentials.of(all).find("d.io", "ns/x"))
                .contains(new Credentials.Basic("named.json", new Secret("d.io/ns")));
        assertThat(DockerCredentials.of(all).find("d.io", "other/x")).isPresent();
    }

    private void put(String file, String registry) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        String pair = file.substring(file.lastIndexOf('/') + 1) + ":" + registry;
        String auth =
                java.util.Base64.getEncoder().encodeToString(pair.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Files.writeString(path, "{\"auths\":{\"" + registry + "\":{\"auth\":\"" + auth + "\"}}}");
    }
}
