package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LocalRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Images that go to a real registry, and what another tool finds there. */
@Tag("user")
class PushTest {
    private static final int LARGE = 40 << 20;

    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "push-").toRealPath();
        built = new Built(folder.resolve("root"));
    }

    @AfterEach
    void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private static String skopeo(LocalRegistry registry, String name) {
        List<String> words = new ArrayList<>(List.of("skopeo", "inspect", "--tls-verify=false", "--raw"));
        words.add("docker://" + registry.host() + "/" + name);
        return Command.of(words).check().out();
    }

    /** An image with a layer that needs three chunks, for it does not compress. */
    private OciLayout large() throws IOException {
        byte[] noise = new byte[LARGE];
        new Random(3).nextBytes(noise);
        byte[] layer = new Tar().file("noise", 0644, noise).bytes();
        String config = "{\"Cmd\":[\"sh\"]}";
        return OciLayout.create(Files.createDirectory(folder.resolve("layout")))
                .image("large", config, OciLayout.Compression.NONE, List.of(layer));
    }

    @Test
    void whatIsPulledAndPushedIsTheSameOnTheOtherSide() throws IOException {
        try (LocalRegistry from = LocalRegistry.start();
                LocalRegistry to = LocalRegistry.start()) {
            TestImages.push(large(), "large", from, "acme/large:1");
            String name = to.host() + "/other/large";
            built.wherry("pull", "-q", from.host() + "/acme/large:1").check();
            built.wherry("tag", from.host() + "/acme/large:1", name + ":2").check();
            Command.Result pushed = built.wherry("push", name + ":2").check();
            String raw = skopeo(from, "acme/large:1");
            assertThat(skopeo(to, "other/large:2")).isEqualTo(raw);
            assertThat(pushed.out())
                    .isEqualTo("2: digest: " + OciLayout.digest(raw.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            + " size: " + raw.length() + "\n");
            assertThat(pushed.err().lines()).hasSize(2).allMatch(line -> line.endsWith(": pushed"));
            assertThat(to.log()).containsPattern("PATCH .*/blobs/uploads/.*202");

            String id = built.wherry("images", "-q", name).check().out().strip();
            built.wherry("tag", id, name + ":3").check();
            Command.Result all = built.wherry("push", "-a", name).check();
            assertThat(all.err().lines()).hasSize(4).allMatch(line -> line.endsWith(": already there"));
            assertThat(skopeo(to, "other/large:3")).isEqualTo(raw);

            built.wherry("tag", id, to.host() + "/third/large").check();
            Command.Result third =
                    built.wherry("push", to.host() + "/third/large").check();
            assertThat(third.err().lines()).allMatch(line -> line.endsWith(": taken from another repository"));
            assertThat(built.wherry("events", "--since", "1h", "--until", "0s", "--filter", "event=push")
                            .check()
                            .out()
                            .lines())
                    .hasSize(4);
        }
    }

    /** The registry's own name leads nowhere. */
    @Test
    void mirrorsAreAskedInTheirOrder() throws IOException {
        try (LocalRegistry mirror = LocalRegistry.start()) {
            TestImages.push(
                    OciLayout.create(Files.createDirectory(folder.resolve("small")))
                            .image(
                                    "1",
                                    "{}",
                                    OciLayout.Compression.GZIP,
                                    List.of(new Tar().file("a", "b").bytes())),
                    "1",
                    mirror,
                    "acme/small:1");
            Path own = Files.createDirectories(folder.resolve("config/wherry/certs.d/nowhere.invalid:5000"));
            Files.writeString(
                    own.resolve("hosts.toml"), "[host.\"http://127.0.0.1:1\"]\n[host.\"" + mirror.url() + "\"]\n");
            String name = "nowhere.invalid:5000/acme/small:1";
            Command.Result pulled = built.wherry("-D", "pull", name)
                    .with("XDG_CONFIG_HOME", folder.resolve("config").toString())
                    .check();
            assertThat(pulled.err())
                    .contains("wherry: The mirror 127.0.0.1:1 of nowhere.invalid:5000 was passed over: ");
            assertThat(pulled.out()).startsWith(name);

            Files.writeString(own.resolve("hosts.toml"), "skip_verify = yes\n");
            Command.Result refused = built.wherry("pull", name)
                    .with("XDG_CONFIG_HOME", folder.resolve("config").toString())
                    .run();
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.err()).contains("hosts.toml` is not understood: line 1, column 15: `yes`");
        }
    }

    @Test
    void aNameThatIsNotThereIsNeitherTaggedNorPushed() {
        built.wherry("run", "--rm", "hello").check();
        for (List<String> words : List.of(
                List.of("tag", "nothing", "x"),
                List.of("tag", "sha256:0123", "x"),
                List.of("tag", "hello", "X:Y:Z"),
                List.of("push", "localhost:1/nothing"),
                List.of("push", "-a", "localhost:1/nothing"),
                List.of("push", "-a", "hello:1"))) {
            Command.Result result = built.wherry(words.toArray(String[]::new)).run();
            assertThat(result.exit()).as(words.toString()).isEqualTo(1);
            assertThat(result.err()).as(words.toString()).startsWith("wherry: ");
        }
        assertThat(built.wherry("images", "-q").check().out().lines()).hasSize(1);
    }
}
