package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DockerCredentialsTest {
    @TempDir
    private Path folder;

    private DockerCredentials docker(String config) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        return DockerCredentials.of(
                Map.of("DOCKER_CONFIG", folder.toString(), "PATH", folder.resolve("bin") + ":/usr/bin:/bin"));
    }

    private static String auth(String pair) {
        return "{\"auth\":\"" + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)) + "\"}";
    }

    private void helper(String name, String script) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path file = bin.resolve("docker-credential-" + name);
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @ParameterizedTest
    @CsvSource({
        "ghcr.io, ghcr.io, a/b",
        "https://ghcr.io, ghcr.io, a/b",
        "https://ghcr.io/v2/, ghcr.io, a/b",
        "localhost:5000, localhost:5000, a/b",
        "https://index.docker.io/v1/, docker.io, library/alpine",
        "docker.io, docker.io, library/alpine",
        "registry-1.docker.io, docker.io, library/alpine",
        "ghcr.io/a, ghcr.io, a/b",
        "ghcr.io/a/b, ghcr.io, a/b",
    })
    void findsAnEntry(String key, String registry, String repository) throws IOException {
        DockerCredentials docker = docker("{\"auths\":{\"" + key + "\":" + auth("alice:p:w") + "}}");
        assertThat(docker.find(registry, repository)).hasValueSatisfying(found -> {
            Credentials.Basic basic = (Credentials.Basic) found;
            assertThat(basic.username()).isEqualTo("alice");
            assertThat(basic.password().reveal()).isEqualTo("p:w");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "ghcr.io, evil.ghcr.io, a",
        "ghcr.io, ghcr.io.evil, a",
        "ghcr.io, ghcr.io:444, a",
        "ghcr.io, docker.io, a",
        "docker.io, ghcr.io, a",
        "ghcr.io/a, ghcr.io, ab",
        "'', ghcr.io, a",
        "https://, ghcr.io, a",
        "/, ghcr.io, a",
    })
    void givesNobodyElsesEntry(String key, String registry, String repository) throws IOException {
        DockerCredentials docker = docker("{\"auths\":{\"" + key + "\":" + auth("alice:pw") + "}}");
        assertThat(docker.find(registry, repository)).isEmpty();
    }

    @Test
    void takesTheLongestName() throws IOException {
        DockerCredentials docker = docker("{\"auths\":{\"h.io\":" + auth("host:x") + ",\"h.io/a/b\":" + auth("repo:x")
                + ",\"h.io/a\":" + auth("space:x") + "}}");
        assertThat(docker.find("h.io", "a/b").toString()).contains("repo");
        assertThat(docker.find("h.io", "a/c").toString()).contains("space").doesNotContain(":x");
        assertThat(docker.find("h.io", "c").toString()).contains("host");
    }

    @Test
    void readsIdentityTokensAndPlainNames() throws IOException {
        DockerCredentials docker = docker("{\"auths\":{\"a.io\":{\"auth\":\"\",\"identitytoken\":\"it\"},"
                + "\"b.io\":{\"username\":\"bob\",\"password\":\"pw\"},\"c.io\":{}}}");
        assertThat(docker.find("a.io", "x")).get().isInstanceOf(Credentials.IdentityToken.class);
        assertThat(docker.find("b.io", "x")).get().isInstanceOf(Credentials.Basic.class);
        assertThat(docker.find("c.io", "x")).isEmpty();
    }

    @Test
    void readsPodmansFileAfterDockers() throws IOException {
        Path containers = Files.createDirectories(folder.resolve("run/containers"));
        Files.writeString(
                containers.resolve("auth.json"),
                "{\"auths\":{\"a.io\":" + auth("podman:x") + ",\"b.io\":" + auth("podman:x") + "}}");
        Files.writeString(folder.resolve("config.json"), "{\"auths\":{\"a.io\":" + auth("docker:x") + "}}");
        DockerCredentials both = DockerCredentials.of(Map.of(
                "DOCKER_CONFIG",
                folder.toString(),
                "XDG_RUNTIME_DIR",
                folder.resolve("run").toString()));
        assertThat(both.find("a.io", "x").toString()).contains("docker");
        assertThat(both.find("b.io", "x").toString()).contains("podman");
        assertThat(DockerCredentials.of(Map.of("HOME", "/nonexistent")).find("a.io", "x"))
                .isEmpty();
    }

    @Test
    void asksAHelper() throws IOException {
        helper("test-1", """
                read server
                [ "$1" = get ] || exit 3
                printf '{"ServerURL":"%s","Username":"%s","Secret":"s"}' "$server" "$server"
                """);
        DockerCredentials docker = docker("{\"credsStore\":\"test-1\",\"auths\":{\"a.io\":" + auth("file:x") + "}}");
        assertThat(docker.find("a.io", "x").toString()).contains("username=a.io");
        assertThat(docker.find("docker.io", "x").toString()).contains("username=https://index.docker.io/v1/");
    }

    @Test
    void asksTheRegistrysOwnHelperFirst() throws IOException {
        helper("own", "echo '{\"Username\":\"<token>\",\"Secret\":\"it\"}'");
        DockerCredentials docker = docker("{\"credsStore\":\"missing\",\"credHelpers\":{\"a.io\":\"own\"}}");
        assertThat(docker.find("a.io", "x")).get().isInstanceOf(Credentials.IdentityToken.class);
        assertFails(
                Kind.FAILED_PRECONDITION,
                "no program `docker-credential-missing` in PATH",
                () -> docker.find("b.io", "x"));
    }

    @Test
    void aHelperMayHaveNone() throws IOException {
        helper("none", "echo credentials not found in native keychain; exit 1");
        assertThat(docker("{\"credsStore\":\"none\"}").find("a.io", "x")).isEmpty();
    }

    @Test
    void aBrokenHelperIsAnErrorThatShowsNoSecret() throws IOException {
        helper("fails", "echo locked; exit 1");
        assertFails(
                Kind.FAILED_PRECONDITION,
                "it ended with status 1: locked",
                () -> docker("{\"credsStore\":\"fails\"}").find("a.io", "x"));
        helper("rubbish", "echo '{\"Username\":\"u\",\"Secret\":\"canary\"'");
        assertThatThrownBy(() -> docker("{\"credsStore\":\"rubbish\"}").find("a.io", "x"))
                .isInstanceOf(WherryException.class)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("canary"));
        helper("floods", "yes");
        assertFails(
                Kind.FAILED_PRECONDITION,
                "more than 65536 bytes",
                () -> docker("{\"credsStore\":\"floods\"}").find("a.io", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "-x", ".x", "a b", "a;b", "$(x)", "a\\u0000"})
    void aHelpersNameIsNoPath(String name) throws IOException {
        DockerCredentials docker = docker("{\"credsStore\":\"" + name + "\"}");
        assertFails(Kind.FAILED_PRECONDITION, "its name may hold", () -> docker.find("a.io", "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"auths\":[]}",
                "{\"auths\":{\"a.io\":5}}",
                "{\"auths\":{\"a.io\":{\"auth\":\"%%%\"}}}",
                "{\"auths\":{\"a.io\":{\"auth\":\"YWxpY2U=\"}}}",
                "{\"credHelpers\":{\"a.io\":5}}"
            })
    void aBrokenFileIsAnErrorThatNamesIt(String config) throws IOException {
        DockerCredentials docker = docker(config);
        assertFails(
                Kind.INVALID,
                "Cannot read credentials from `" + folder.resolve("config.json"),
                () -> docker.find("a.io", "x"));
    }
}
