package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folders with a folder a registry: {@code certs.d/HOST/hosts.toml} in containerd's form, or Docker's {@code ca.crt}, {@code client.cert} and {@code client.key}.
 *
 * <p>The user's come first, then Wherry's, containerd's and Docker's of this machine; the first folder for a registry is the only one that counts. {@code host:5000} may be written
 * {@code host_5000_}, and {@code _default} is for registries that have none.
 */
public final class HostsFolders implements HostSource {
    private static final int MAX_BYTES = 1 << 20;
    private static final String FILE = "hosts.toml";

    private final List<Path> folders;

    /**
     * Looks into these.
     *
     * @param folders those that do not exist are passed over
     */
    public HostsFolders(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** {@return the folders of the user to whom this environment belongs, and of this machine} */
    public static HostsFolders of(Map<String, String> environment) {
        List<Path> folders = new ArrayList<>();
        String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
        String home = environment.getOrDefault("HOME", "");
        if (config.startsWith("/")) {
            folders.add(Path.of(config, "wherry", "certs.d"));
        } else if (home.startsWith("/")) {
            folders.add(Path.of(home, ".config", "wherry", "certs.d"));
        }
        for (String owner : List.of("wherry", "containerd", "docker")) {
            folders.add(Path.of("/etc", owner, "certs.d"));
        }
        return new HostsFolders(folders);
    }

    List<Path> folders() {
        return folders;
    }

    @Override
    public List<RegistryHost> find(String registry) {
        int port = registry.lastIndexOf(':');
        String escaped = port < 0 ? registry : registry.substring(0, port) + "_" + registry.substring(port + 1) + "_";
        for (String name : List.of(registry, escaped, "_default")) {
            for (Path folder : folders) {
                Path own = folder.resolve(name);
                if (Files.isDirectory(own)) {
                    return read(own);
                }
            }
        }
        return List.of();
    }

    private static List<RegistryHost> read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                return List.of(certificates(folder));
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new WherryException(
                        Kind.INVALID, "`" + file + "` is not understood: it has more than " + MAX_BYTES + " bytes.");
            }
            return HostsFile.parse(file, Files.readString(file));
        } catch (IOException e) {
            throw new WherryException(
                    Kind.FAILED_PRECONDITION,
                    "Cannot read what is settled about a registry in `" + folder + "`: " + Transport.sentence(e) + ".",
                    e);
        }
    }

    /** Docker's: each {@code .crt} is an authority, each {@code .cert} ours, with a key of the same name. */
    private static RegistryHost certificates(Path folder) throws IOException {
        List<Path> authorities = new ArrayList<>();
        List<ClientPair> clients = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{crt,cert}")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                if (name.endsWith(".crt")) {
                    authorities.add(file);
                    continue;
                }
                Path key = folder.resolve(name.substring(0, name.length() - ".cert".length()) + ".key");
                if (!Files.exists(key)) {
                    throw new WherryException(
                            Kind.FAILED_PRECONDITION,
                            "The certificate `" + file + "` has no key `" + key.getFileName() + "` beside it.",
                            "Authorities' certificates are named `*.crt`, our own `*.cert`.");
                }
                clients.add(new ClientPair(file, key));
            }
        }
        RegistryHost plain = RegistryHost.plain();
        return new RegistryHost(
                Optional.empty(),
                plain.root(),
                plain.capabilities(),
                authorities,
                clients,
                false,
                Map.of(),
                Optional.empty());
    }
}
