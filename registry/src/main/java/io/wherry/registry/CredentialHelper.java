package io.wherry.registry;

import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonLimits;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks {@code docker-credential-NAME}: {@code get} takes the registry and gives a JSON object with name and secret, {@code store} takes such an object, {@code erase} takes the registry.
 *
 * @see "docker/docker-credential-helpers, Development"
 */
final class CredentialHelper {
    private static final int MAX_BYTES = 64 << 10;
    private static final long SECONDS = 60;
    /** The name that stands for an identity token. */
    private static final String TOKEN = "<token>";

    private static final String NOT_FOUND = "credentials not found in native keychain";

    private final Map<String, String> environment;

    CredentialHelper(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * {@return the credentials; nothing if the helper says that it has none}
     *
     * @param config the file that names the helper, for messages
     */
    Optional<Credentials> get(String name, String server, Path config) {
        Optional<byte[]> out = run(name, "get", server + "\n", config);
        return out.isPresent() ? parse(name, config, out.get()) : Optional.empty();
    }

    /** Hands it credentials to keep. */
    void store(String name, String server, Credentials credentials, Path config) {
        JsonObject.Builder in = JsonObject.builder().put("ServerURL", server);
        switch (credentials) {
            case Credentials.Basic basic ->
                in.put("Username", basic.username())
                        .put("Secret", basic.password().reveal());
            case Credentials.IdentityToken identity ->
                in.put("Username", TOKEN).put("Secret", identity.token().reveal());
        }
        run(name, "store", in.build().toString(), config);
    }

    /** Has it forget; {@return whether it had something} */
    boolean erase(String name, String server, Path config) {
        // Helpers differ in what they say to forgetting what they do not know.
        return get(name, server, config).isPresent()
                && run(name, "erase", server + "\n", config).isPresent();
    }

    /** {@return what it printed; nothing if it says that it has none} */
    private Optional<byte[]> run(String name, String verb, String input, Path config) {
        if (!isName(name)) {
            throw failed(name, config, "its name may hold letters, digits, `-`, `_` and `.` only", null);
        }
        String program = "docker-credential-" + name;
        Process process = start(name, program, verb, config);
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It may answer without reading; what it says and how it exits decides.
                process.getInputStream().available();
            }
            Thread killer = Thread.ofVirtual().start(() -> killLate(process));
            byte[] out = process.getInputStream().readNBytes(MAX_BYTES + 1);
            if (out.length > MAX_BYTES) {
                throw failed(name, config, "it printed more than " + MAX_BYTES + " bytes", null);
            }
            int status = process.waitFor();
            killer.interrupt();
            String text = new String(out, StandardCharsets.UTF_8).trim();
            if (status != 0) {
                if (text.equals(NOT_FOUND)) {
                    return Optional.empty();
                }
                throw failed(name, config, "it ended with status " + status + firstLine(text), null);
            }
            return Optional.of(out);
        } catch (IOException e) {
            throw failed(name, config, Transport.sentence(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WherryException(Kind.INTERRUPTED, "Asking `" + program + "` was interrupted.", e);
        } finally {
            kill(process);
        }
    }

    private static void killLate(Process process) {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                kill(process);
            }
        } catch (InterruptedException e) {
            // It ended in time.
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the helper and what it started, which may hold the other end of our pipe. */
    private static void kill(Process process) {
        if (process.isAlive()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Process start(String name, String program, String verb, Path config) {
        Path file = find(program);
        if (file == null) {
            throw failed(name, config, "there is no program `" + program + "` in PATH", null);
        }
        ProcessBuilder builder = new ProcessBuilder(file.toString(), verb);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            return builder.start();
        } catch (IOException e) {
            throw failed(name, config, "it cannot be started: " + Transport.sentence(e), e);
        }
    }

    private @Nullable Path find(String program) {
        for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
            // An empty entry would mean the working directory, where anybody's program may lie.
            if (folder.startsWith("/")) {
                Path file = Path.of(folder, program);
                if (Files.isExecutable(file) && Files.isRegularFile(file)) {
                    return file;
                }
            }
        }
        return null;
    }

    private static Optional<Credentials> parse(String name, Path config, byte[] out) {
        try {
            Fields in = JsonObject.parse(out, JsonLimits.ofBytes(MAX_BYTES)).fields();
            String username = in.string("Username").orElse("");
            String secret = in.string("Secret").orElse("");
            if (username.isEmpty() && secret.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    username.equals(TOKEN)
                            ? new Credentials.IdentityToken(new Secret(secret))
                            : new Credentials.Basic(username, new Secret(secret)));
        } catch (WherryException e) {
            // The message must not quote the output, which may hold the secret.
            throw failed(name, config, "it printed something else than a JSON object with Username and Secret", null);
        }
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        return line.isEmpty() ? "" : ": " + (line.length() <= 200 ? line : line.substring(0, 200) + "...");
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || (c != '-' && c != '_' && c != '.'))) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= 100;
    }

    private static WherryException failed(String name, Path config, String problem, @Nullable Throwable cause) {
        return new WherryException(
                Kind.FAILED_PRECONDITION,
                "Cannot work with the credential helper `" + name + "`, which `" + config + "` names: " + problem + ".",
                "Install or repair the helper, or take it out of the file.",
                cause);
    }
}
