package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LocalRegistry;
import io.wherry.testkit.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    /** A person at a terminal. Nothing of the password shows, and the terminal is as it was: or its program would say so. */
    @Test
    void aPersonIsAskedAndThePasswordDoesNotShow() throws IOException {
        try (LocalRegistry registry = LocalRegistry.start(LocalRegistry.Feature.PASSWORD)) {
            Conversation talk = new Conversation(wherry("login", registry.host()));
            talk.answer("Username: ", LocalRegistry.USER + "\n");
            talk.answer("Password: ", LocalRegistry.PASSWORD + "\n");
            assertThat(talk.end()).isEqualTo("0");
            assertThat(talk.shown())
                    .isEqualTo("Username: " + LocalRegistry.USER + "\r\nPassword: \r\nLogged in to " + registry.host()
                            + "; kept by " + folder.resolve("docker/config.json") + "\r\n");
            assertThat(wherry("tags", registry.host() + "/none").run().err()).doesNotContain("Log in");

            Conversation wrong = new Conversation(wherry("login", "-u", "x", registry.host()));
            wrong.answer("Password: ", "wrong\n");
            assertThat(wrong.end()).isEqualTo("1");
            assertThat(wrong.shown())
                    .contains("Check the name and the password.")
                    .doesNotContain("wrong");
        }
    }

    @Test
    void whoeverIsInterruptedWhileTypingHasTheTerminalAsItWas() throws IOException {
        Conversation talk = new Conversation(wherry("login", "-u", "x", "localhost:1"));
        talk.answer("Password: ", "half\003");
        assertThat(talk.end()).isEqualTo("130");
        assertThat(talk.shown()).doesNotContain("half");
        Conversation nothing = new Conversation(wherry("login", "-u", "x", "localhost:1"));
        nothing.answer("Password: ", "\n");
        assertThat(nothing.end()).isEqualTo("1");
        assertThat(nothing.shown()).contains("There is no password: nothing was typed.");
        assertThat(folder.resolve("docker")).doesNotExist();
    }

    /** A command on a terminal, and what a person types there. */
    private static final class Conversation {
        private final Process process;
        private final StringBuilder shown = new StringBuilder();

        Conversation(Command command) {
            process = Terminal.of(24, 80).around(command).start();
        }

        /** Types when the question has come. */
        void answer(String question, String typed) throws IOException {
            while (!shown.toString().endsWith(question)) {
                int c = process.getInputStream().read();
                assertThat(c).as("end of `%s`", shown).isNotNegative();
                shown.append((char) c);
            }
            process.getOutputStream().write(typed.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        /** {@return the exit code, and behind it what the terminal's program has to complain of} */
        String end() throws IOException {
            shown.append(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            String complaint = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.onExit().join().exitValue() + complaint;
        }

        String shown() {
            return shown.toString();
        }
    }

    @Test
    void nobodyIsAskedWithoutATerminal() {
        Command.Result result = wherry("login", "-u", "alice", "localhost:1").run();
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("--password-stdin");
        assertThat(wherry("login", "-u", "a", "-p", "b", "no-host/x").run().err())
                .contains("is not the name of a registry");
    }
}
