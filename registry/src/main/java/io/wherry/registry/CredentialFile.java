package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Docker's {@code config.json}, written to: what {@link DockerCredentials} finds. Where the file names a credential helper for the registry, the helper keeps the secret, and
 * the file only the registry's name.
 *
 * <p>The file is replaced as a whole, readable by its owner alone; what else it says, and in which order, stays. A file that is not understood is not touched.
 */
public final class CredentialFile {
    private static final FileAttribute<?> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final CredentialHelper helper;

    CredentialFile(Path file, Map<String, String> environment) {
        this.file = file;
        this.helper = new CredentialHelper(environment);
    }

    /** {@return the file of the user to whom this environment belongs} */
    public static CredentialFile of(Map<String, String> environment) {
        Path file = DockerCredentials.dockerFile(environment)
                .orElseThrow(() -> new WherryException(
                        Kind.FAILED_PRECONDITION,
                        "There is no place for credentials: neither HOME nor DOCKER_CONFIG is set."));
        return new CredentialFile(file, environment);
    }

    /** Keeps credentials for a registry instead of those it has. {@return who keeps them: the file, or a helper's name} */
    public String store(String registry, Credentials credentials) {
        JsonObject document = DockerCredentials.read(file).orElse(JsonObject.empty());
        String name = DockerCredentials.helper(document.fields(), registry);
        JsonObject entry = JsonObject.empty();
        if (name.isEmpty()) {
            entry = entry(credentials);
        } else {
            helper.store(name, DockerCredentials.key(registry), credentials, file);
        }
        JsonObject.Builder auths = without(document, registry).toBuilder();
        write(document.toBuilder()
                .put("auths", auths.put(DockerCredentials.key(registry), entry).build())
                .build());
        return name.isEmpty() ? file.toString() : "docker-credential-" + name;
    }

    /** Forgets the credentials of a registry. {@return whether there were some} */
    public boolean erase(String registry) {
        Optional<JsonObject> found = DockerCredentials.read(file);
        if (found.isEmpty()) {
            return false;
        }
        JsonObject document = found.get();
        String name = DockerCredentials.helper(document.fields(), registry);
        boolean kept = !name.isEmpty() && helper.erase(name, DockerCredentials.key(registry), file);
        JsonObject left = without(document, registry).toBuilder()
                .remove(DockerCredentials.key(registry))
                .build();
        boolean listed = !left.equals(document.fields().rawObject("auths"));
        if (listed) {
            write(document.toBuilder().put("auths", left).build());
        }
        return kept || listed;
    }

    /** {@return the entries of other registries} */
    private static JsonObject without(JsonObject document, String registry) {
        JsonObject auths = document.fields().rawObject("auths");
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, JsonValue> each : auths.members().entrySet()) {
            if (DockerCredentials.normal(each.getKey()).equals(registry)) {
                names.add(each.getKey());
            }
        }
        // An entry that is replaced by one of the same name keeps its place.
        names.remove(DockerCredentials.key(registry));
        JsonObject.Builder left = auths.toBuilder();
        for (String name : names) {
            left.remove(name);
        }
        return left.build();
    }

    private static JsonObject entry(Credentials credentials) {
        return switch (credentials) {
            case Credentials.Basic basic ->
                JsonObject.builder()
                        .put(
                                "auth",
                                base64(basic.username() + ":" + basic.password().reveal()))
                        .build();
            case Credentials.IdentityToken identity ->
                JsonObject.builder()
                        .put("identitytoken", identity.token().reveal())
                        .build();
        };
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A link stays a link: what it leads to is replaced. */
    private void write(JsonObject document) {
        try {
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.getParent();
            Files.createDirectories(folder, PRIVATE_FOLDER);
            Path next = Files.createTempFile(folder, ".config-", ".json", PRIVATE_FILE);
            try {
                write(next, document.toIndentedBytes());
                Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(next);
            }
        } catch (IOException e) {
            throw new WherryException(
                    Kind.FAILED_PRECONDITION,
                    "Cannot write credentials to `" + file + "`: " + Transport.sentence(e) + ".",
                    "The file and its folder must be yours, and on a disk with room.",
                    e);
        }
    }

    private static void write(Path next, byte[] bytes) throws IOException {
        try (FileChannel out = FileChannel.open(next, Set.of(StandardOpenOption.WRITE))) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        }
    }
}
