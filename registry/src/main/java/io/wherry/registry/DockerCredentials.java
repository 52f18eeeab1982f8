package io.wherry.registry;

import io.wherry.oci.ImageReference;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonLimits;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that {@code docker login} and {@code podman login} stored.
 *
 * <p>Read are, in this order, {@code REGISTRY_AUTH_FILE}, {@code config.json} in {@code DOCKER_CONFIG} or {@code ~/.docker}, and
 * {@code containers/auth.json} in {@code XDG_RUNTIME_DIR} and in {@code ~/.config}. In each, a helper for the registry
 * ({@code credHelpers}) is asked before the general one ({@code credsStore}), and that before what the file itself holds
 * ({@code auths}). A helper that is configured but missing or broken is an error.
 *
 * @see "docker login, Credential stores; containers-auth.json(5)"
 */
public final class DockerCredentials implements CredentialSource {
    private static final int MAX_BYTES = 1 << 20;
    private static final String AUTH_FILE = "containers/auth.json";
    /** What Docker calls its own registry in these files. */
    private static final String DOCKER_HUB = "https://index.docker.io/v1/";

    private final List<Path> files;
    private final CredentialHelper helper;

    /**
     * @param files to read, the first one that knows the registry wins; those that do not exist are passed over
     * @param environment for helpers; its {@code PATH} says where they are
     */
    public DockerCredentials(List<Path> files, Map<String, String> environment) {
        this.files = List.copyOf(files);
        this.helper = new CredentialHelper(environment);
    }

    /** {@return the credentials of the user to whom this environment belongs} */
    public static DockerCredentials of(Map<String, String> environment) {
        List<Path> files = new ArrayList<>();
        folder(environment, "REGISTRY_AUTH_FILE").ifPresent(files::add);
        dockerFile(environment).ifPresent(files::add);
        Optional<Path> home = folder(environment, "HOME").map(folder -> folder.resolve(".config"));
        folder(environment, "XDG_RUNTIME_DIR").ifPresent(folder -> files.add(folder.resolve(AUTH_FILE)));
        folder(environment, "XDG_CONFIG_HOME").or(() -> home).ifPresent(folder -> files.add(folder.resolve(AUTH_FILE)));
        return new DockerCredentials(files, environment);
    }

    /** {@return Docker's own file, the one that is written to} */
    static Optional<Path> dockerFile(Map<String, String> environment) {
        Optional<Path> home = folder(environment, "HOME").map(folder -> folder.resolve(".docker"));
        return folder(environment, "DOCKER_CONFIG").or(() -> home).map(folder -> folder.resolve("config.json"));
    }

    private static Optional<Path> folder(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? Optional.empty() : Optional.of(Path.of(value));
    }

    @Override
    public Optional<Credentials> find(String registry, String repository) {
        for (Path file : files) {
            Optional<JsonObject> document = read(file);
            if (document.isPresent()) {
                Optional<Credentials> found = find(file, document.get(), registry, repository);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    static Optional<JsonObject> read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw broken(file, "it has more than " + MAX_BYTES + " bytes", null);
            }
            return Optional.of(JsonObject.parse(Files.readAllBytes(file), JsonLimits.ofBytes(MAX_BYTES)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw broken(file, Transport.sentence(e), e);
        } catch (WherryException e) {
            throw broken(file, e.getMessage(), e);
        }
    }

    private Optional<Credentials> find(Path file, JsonObject document, String registry, String repository) {
        try {
            Fields in = document.fields();
            String name = helper(in, registry);
            if (!name.isEmpty()) {
                return helper.get(name, key(registry), file);
            }
            return stored(in.objectMap("auths"), registry, repository);
        } catch (io.wherry.oci.json.JsonException e) {
            throw broken(file, e.getMessage(), e);
        }
    }

    /** {@return the name of the helper that a file names for a registry; empty for none} */
    static String helper(Fields in, String registry) {
        Map<String, String> helpers = in.stringMap("credHelpers");
        String own = helpers.get(registry);
        if (own == null && registry.equals(ImageReference.DEFAULT_REGISTRY)) {
            own = helpers.getOrDefault(DOCKER_HUB, helpers.get("index.docker.io"));
        }
        return own == null ? in.string("credsStore").orElse("") : own;
    }

    /** {@return what a registry is called in these files and to helpers} */
    static String key(String registry) {
        return registry.equals(ImageReference.DEFAULT_REGISTRY) ? DOCKER_HUB : registry;
    }

    /** Takes the entry with the longest matching name: a repository, a part of its path, the registry. */
    private static Optional<Credentials> stored(Map<String, Fields> auths, String registry, String repository) {
        String name = registry + "/" + repository;
        Fields best = null;
        int bestLength = -1;
        for (Map.Entry<String, Fields> entry : auths.entrySet()) {
            String key = normal(entry.getKey());
            boolean matches =
                    name.startsWith(key) && (name.length() == key.length() || name.charAt(key.length()) == '/');
            if (matches && key.length() > bestLength) {
                best = entry.getValue();
                bestLength = key.length();
            }
        }
        return best == null ? Optional.empty() : entry(best);
    }

    /** {@return an entry's name without scheme and API path; Docker Hub's by the name that references use} */
    static String normal(String key) {
        String name = key;
        int scheme = name.indexOf("://");
        if (scheme >= 0) {
            name = name.substring(scheme + 3);
            int slash = name.indexOf('/');
            name = slash < 0 ? name : name.substring(0, slash);
        }
        while (name.endsWith("/")) {
            name = name.substring(0, name.length() - 1);
        }
        String host = name.toLowerCase(Locale.ROOT);
        boolean hub = host.equals("index.docker.io") || host.equals("registry-1.docker.io");
        return hub ? ImageReference.DEFAULT_REGISTRY : name.isEmpty() ? "\0" : name;
    }

    private static Optional<Credentials> entry(Fields in) {
        Optional<String> identity = in.string("identitytoken");
        if (identity.isPresent() && !identity.get().isEmpty()) {
            return Optional.of(new Credentials.IdentityToken(new Secret(identity.get())));
        }
        String encoded = in.string("auth").orElse("");
        if (encoded.isEmpty()) {
            String username = in.string("username").orElse("");
            return username.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Credentials.Basic(
                            username, new Secret(in.string("password").orElse(""))));
        }
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw in.problem("auth", "is not in Base64");
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            throw in.problem("auth", "holds no name and password");
        }
        // Docker pads what it stores with zero bytes.
        int end = pair.length();
        while (end > colon + 1 && pair.charAt(end - 1) == '\0') {
            end--;
        }
        return Optional.of(new Credentials.Basic(pair.substring(0, colon), new Secret(pair.substring(colon + 1, end))));
    }

    private static WherryException broken(Path file, String problem, @Nullable Throwable cause) {
        return new WherryException(
                Kind.INVALID, "Cannot read credentials from `" + file + "`: " + problem + ".", null, cause);
    }
}
