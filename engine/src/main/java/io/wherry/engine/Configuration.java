package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.RuntimeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the host's administrator and the user have settled: {@code /etc/wherry/config.json}, and what a user's own file says on top. Immutable.
 *
 * <p>The shape is that of Docker's daemon.json:
 *
 * <pre>{@code
 * { "storage-driver": "btrfs",
 *   "default-runtime": "crun",
 *   "runtimes": { "mine": { "path": "/opt/mine/bin/runc", "runtimeArgs": ["--debug"] } } }
 * }</pre>
 *
 * @param storageDriver of containers that are made
 * @param defaultRuntime of containers that name none
 * @param runtimes by name
 */
public record Configuration(
        Optional<String> storageDriver, Optional<RuntimeName> defaultRuntime, Map<String, ConfiguredRuntime> runtimes) {
    /** Nothing is settled. */
    public static final Configuration NONE = new Configuration(Optional.empty(), Optional.empty(), Map.of());

    /** Copies the map. */
    public Configuration {
        runtimes = Map.copyOf(runtimes);
    }

    /**
     * A runtime by a name of the user's own.
     *
     * @param path of the program, or its name on PATH; empty where there is a type
     * @param arguments global arguments, put first
     * @param type a shim's name, such as {@code io.containerd.runsc.v1}; empty for a program with runc's command line
     * @param options what the shim is told
     */
    public record ConfiguredRuntime(String path, List<String> arguments, String type, JsonObject options) {
        /** Copies the arguments. */
        public ConfiguredRuntime {
            arguments = List.copyOf(arguments);
        }
    }

    /** This host's, read when it is first needed, since most commands never ask. For several threads. */
    static final class OfHost {
        private @Nullable Configuration read;

        synchronized Configuration get() {
            if (read == null) {
                read = ofHost();
            }
            return read;
        }
    }

    Optional<ConfiguredRuntime> runtime(String name) {
        return Optional.ofNullable(runtimes.get(name));
    }

    /** {@return what this host and this user have settled} @throws WherryException of kind INVALID for a file that is not understood */
    static Configuration ofHost() {
        List<Path> files = new ArrayList<>();
        files.add(Path.of("/etc/wherry/config.json"));
        String home = System.getenv("HOME");
        String folder = System.getenv("XDG_CONFIG_HOME");
        if (folder != null && folder.startsWith("/")) {
            files.add(Path.of(folder, "wherry", "config.json"));
        } else if (home != null && home.startsWith("/")) {
            files.add(Path.of(home, ".config", "wherry", "config.json"));
        }
        return read(files);
    }

    /**
     * {@return what files say, each on top of those before it}
     *
     * @param files which need not be there
     * @throws WherryException of kind INVALID for a file that is not understood
     */
    public static Configuration read(List<Path> files) {
        Configuration all = NONE;
        for (Path file : files) {
            Optional<byte[]> content = StateFile.read(file);
            if (content.isPresent()) {
                all = all.with(parse(file, content.get()));
            }
        }
        return all;
    }

    private Configuration with(Configuration upper) {
        Map<String, ConfiguredRuntime> both = new LinkedHashMap<>(runtimes);
        both.putAll(upper.runtimes);
        return new Configuration(
                upper.storageDriver.isPresent() ? upper.storageDriver : storageDriver,
                upper.defaultRuntime.isPresent() ? upper.defaultRuntime : defaultRuntime,
                both);
    }

    private static Configuration parse(Path file, byte[] content) {
        try {
            Fields fields = JsonObject.parse(content).fields();
            Map<String, ConfiguredRuntime> runtimes = new LinkedHashMap<>();
            for (Map.Entry<String, Fields> runtime :
                    fields.objectMap("runtimes").entrySet()) {
                runtimes.put(runtime.getKey(), runtime(runtime.getKey(), runtime.getValue()));
            }
            Optional<RuntimeName> usual = fields.string("default-runtime").map(RuntimeName::ofOwner);
            Optional<String> driver = fields.string("storage-driver");
            nothingElse(fields, "storage-driver, default-runtime, runtimes");
            return new Configuration(driver, usual, runtimes);
        } catch (WherryException e) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The configuration " + file + " is not understood: " + e.getMessage());
        }
    }

    private static ConfiguredRuntime runtime(String name, Fields fields) {
        String path = fields.string("path").orElse("");
        String type = fields.string("runtimeType").orElse("");
        if (path.isEmpty() == type.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "the runtime `" + name + "` needs either a `path` or a `runtimeType`.");
        }
        ConfiguredRuntime runtime =
                new ConfiguredRuntime(path, fields.strings("runtimeArgs"), type, fields.rawObject("options"));
        nothingElse(fields, "path, runtimeArgs, runtimeType, options");
        return runtime;
    }

    private static void nothingElse(Fields fields, String known) {
        for (String key : fields.rest().members().keySet()) {
            throw fields.problem(key, "is not known; known are " + known + ".");
        }
    }
}
