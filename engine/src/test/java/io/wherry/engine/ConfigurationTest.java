package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException;
import io.wherry.runtime.RuntimeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of settings: each on top of those before it, and none that is not understood. */
class ConfigurationTest {
    @TempDir
    private Path folder;

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void theUsersFileIsOnTopOfTheHosts() throws IOException {
        Path host = file("host", """
                {"default-runtime": "runc", "storage-driver": "btrfs",
                 "runtimes": {"a": {"path": "/opt/a", "runtimeArgs": ["--debug"]}, "b": {"path": "b"}}}""");
        Path user = file("user", """
                {"default-runtime": "/opt/mine", "runtimes": {"b": {"runtimeType": "io.containerd.runsc.v1"}}}""");
        Configuration both = Configuration.read(List.of(host, folder.resolve("absent"), user));
        assertThat(both.defaultRuntime()).contains(new RuntimeName.Program("/opt/mine"));
        assertThat(both.storageDriver()).contains("btrfs");
        assertThat(both.runtime("a").orElseThrow().path()).isEqualTo("/opt/a");
        assertThat(both.runtime("a").orElseThrow().arguments()).containsExactly("--debug");
        assertThat(both.runtime("b").orElseThrow().type()).isEqualTo("io.containerd.runsc.v1");
    }

    @Test
    void whatIsNotUnderstoodIsRefusedWithTheFileAndTheKey() throws IOException {
        refused("{\"default-runtme\": \"runc\"}", "default-runtme");
        refused("{\"runtimes\": {\"a\": {\"path\": \"/a\", \"args\": []}}}", "args");
        refused("{\"runtimes\": {\"a\": {}}}", "needs either a `path` or a `runtimeType`");
        refused("{", "config.json is not understood");
    }

    private void refused(String content, String word) throws IOException {
        Path file = file("config.json", content);
        assertThatThrownBy(() -> Configuration.read(List.of(file)))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(word);
    }
}
