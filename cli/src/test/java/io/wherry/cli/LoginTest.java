package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LocalRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A registry with a password: nobody, then somebody, then nobody again. */
@Tag("user")
class LoginTest {
    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "login-").toRealPath();
        built = new Built(folder.resolve("root"));
    }

    @AfterEach
    void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command wherry(String... words) {
        return built.wherry(words)
                .with("DOCKER_CONFIG", folder.resolve("docker").toString());
    }

    private Command.Result login(LocalRegistry registry, String password) {
        return wherry("login", "-u", LocalRegistry.USER, "--password-stdin", registry.host())
                .input(password + "\n")
                .run();
    }

    @Test
    void opensTheDoorAndClosesIt() {
        try (LocalRegistry registry = LocalRegistry.start(LocalRegistry.Feature.PASSWORD)) {
            String name = registry.host() + "/acme/hello:1";
            wherry("run", "--rm", "hello").check();
            wherry("tag", "hello", name).check();
            Command.Result stranger = wherry("push", name).run();
            assertThat(stranger.exit()).isEqualTo(1);
            assertThat(stranger.err()).contains("Log in to `" + registry.host() + "`.");

            Command.Result wrong = login(registry, "wrong");
            assertThat(wrong.exit()).isEqualTo(1);
            assertThat(wrong.err()).contains("Check the name and the password.").doesNotContain("wrong");
            assertThat(folder.resolve("docker")).doesNotExist();

            Command.Result known = login(registry, LocalRegistry.PASSWORD);
            assertThat(known.exit()).as(known.err()).isZero();
            wherry("push", name).check();
            assertThat(wherry("tags", name).check().out()).isEqualTo("1\n");
            assertThat(wherry("inspect", "--referrers", name).check().out()).isEqualTo("[]\n");

            wherry("logout", registry.host()).check();
            assertThat(wherry("tags", name).run().exit()).isEqualTo(1);
        }
    }

    @Test
    void nobodyIsAskedOnTheTerminal() {
        Command.Result result = wherry("login", "-u", "alice", "localhost:1").run();
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("--password-stdin");
        assertThat(wherry("login", "-u", "a", "-p", "b", "no-host/x").run().err())
                .contains("is not the name of a registry");
    }
}
