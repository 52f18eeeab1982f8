package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Registries;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Proves to a registry who the caller is, and remembers it. */
final class LoginCommand extends Command<LoginCommand.Words> {
    private static final int LONGEST = 64 << 10;

    /** What its options fill. */
    static final class Words {
        @Nullable
        String user;

        @Nullable
        String password;

        boolean stdin;
    }

    @Override
    public Row row() {
        return new Row(
                "login",
                List.of(),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("[HOST]", 0, 1, false, Operands.Complete.NOTHING),
                "Log in to a registry (default: docker.io)",
                List.of(
                        "wherry login localhost:5000",
                        "pass show registry | wherry login -u alice --password-stdin localhost:5000"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("username", 'u', "NAME", "The user's name", (w, v) -> w.user = v)
                .text(
                        "password",
                        'p',
                        "PASSWORD",
                        "The password or token, which others may see among the processes",
                        (w, v) -> w.password = v)
                .flag("password-stdin", NONE, "Read it from the input", (w, v) -> w.stdin = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "On a terminal it asks for what is not said; a password does not show. The registry is asked first. What it takes is kept in Docker's config.json, or by the credential helper that is named there; `pull` and `push` find it.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String host = operands.isEmpty() ? ImageReference.DEFAULT_REGISTRY : operands.getFirst();
        boolean asks = session.context().isTerminal(0) && !words.stdin;
        if ((words.stdin && words.password != null)
                || (!asks && (words.user == null || words.stdin == (words.password != null)))) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "Who logs in, and with which password, must be said once each where the input is no terminal.",
                    "wherry login -u NAME --password-stdin " + host + " < FILE");
        }
        String user = words.user != null ? words.user : askedUser(session);
        Secret password = words.stdin
                ? fromInput()
                : words.password != null ? new Secret(words.password) : askedPassword(session);
        String where = Registries.login(host, user, password);
        session.out().print("Logged in to " + Screen.safe(host) + "; kept by " + Screen.safe(where) + "\n");
        return 0;
    }

    private static String askedUser(Session session) {
        session.err().print("Username: ");
        session.err().flush();
        return StandardInput.line("user's name");
    }

    private static Secret askedPassword(Session session) {
        session.launcher().ask("Password: ");
        return new Secret(StandardInput.line("password"));
    }

    /** Nobody else reads the input of this command: no container follows. One line end at the end is not the password's. */
    private static Secret fromInput() {
        try (InputStream in = new FileInputStream(FileDescriptor.in)) {
            byte[] bytes = in.readNBytes(LONGEST);
            String text = new String(bytes, StandardCharsets.UTF_8);
            text = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            text = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            if (text.isEmpty() || bytes.length == LONGEST) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        text.isEmpty()
                                ? "There is no password in the input."
                                : "The password in the input is too long.");
            }
            return new Secret(text);
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION, "The input cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
