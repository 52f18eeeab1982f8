package io.wherry.registry;

import io.wherry.oci.GoDuration;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.RegistryHost.Capability;
import io.wherry.registry.TomlValue.Table;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file {@code hosts.toml} in containerd's form. A key that is not known is an error: what somebody has written about trust is not passed over.
 *
 * <pre>{@code
 * server = "https://registry-1.docker.io"
 *
 * [host."https://mirror.example"]
 *   capabilities = ["pull", "resolve"]
 *   ca = "mirror.crt"
 *   client = [["client.cert", "client.key"]]
 * }</pre>
 *
 * @see "containerd, docs/hosts.md"
 */
final class HostsFile {
    private static final String KNOWN =
            "server, host, capabilities, ca, client, skip_verify, override_path, header, dial_timeout";

    private final Path folder;

    private HostsFile(Path folder) {
        this.folder = folder;
    }

    /**
     * {@return the hosts, the server last}
     *
     * @param file for messages, and because other files are named relative to it
     */
    static List<RegistryHost> parse(Path file, String text) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            return new HostsFile(folder == null ? Path.of("/") : folder).hosts(TomlReader.read(text));
        } catch (WherryException e) {
            throw new WherryException(
                    Kind.INVALID,
                    "`" + file + "` is not understood: " + e.getMessage(),
                    e.hint().orElse(null),
                    e);
        }
    }

    private List<RegistryHost> hosts(Table document) {
        List<RegistryHost> hosts = new ArrayList<>();
        Optional<URI> server = Optional.empty();
        Map<String, TomlValue> members = new LinkedHashMap<>(document.members());
        TomlValue named = members.remove("server");
        if (named != null) {
            server = Optional.of(address(named.place(), text(named, "server")));
        }
        TomlValue tables = members.remove("host");
        if (tables != null) {
            for (Map.Entry<String, TomlValue> each :
                    table(tables, "host").members().entrySet()) {
                URI address = address(each.getValue().place(), each.getKey());
                hosts.add(host(
                        Optional.of(address),
                        new LinkedHashMap<>(
                                table(each.getValue(), each.getKey()).members())));
            }
        }
        // What stands at the top is the server's.
        hosts.add(host(server, members));
        return hosts;
    }

    private RegistryHost host(Optional<URI> address, Map<String, TomlValue> members) {
        boolean override = flag(members, "override_path");
        RegistryHost host = new RegistryHost(
                address.map(HostsFile::origin),
                root(address, override),
                capabilities(members.remove("capabilities")),
                authorities(members.remove("ca")),
                clients(members.remove("client")),
                flag(members, "skip_verify"),
                headers(members.remove("header")),
                dialTimeout(members.remove("dial_timeout")));
        for (Map.Entry<String, TomlValue> other : members.entrySet()) {
            throw TomlReader.problem(
                    other.getValue().place(), "`" + other.getKey() + "` is not known; known are " + KNOWN + ".");
        }
        return host;
    }

    private static URI address(TomlValue.Place place, String text) {
        try {
            URI uri = new URI(text.contains("://") ? text : "https://" + text);
            String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw TomlReader.problem(place, "`" + text + "` is not the address of a host.");
        }
        throw TomlReader.problem(place, "`" + text + "` is not the address of a host.");
    }

    private static URI origin(URI address) {
        return URI.create(address.getScheme() + "://" + address.getRawAuthority() + "/");
    }

    private static String root(Optional<URI> address, boolean override) {
        String path = address.map(URI::getRawPath).orElse("");
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return override || path.endsWith(RegistryHost.ROOT) ? path : path + RegistryHost.ROOT;
    }

    private static Set<Capability> capabilities(@Nullable TomlValue value) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        if (value == null) {
            return EnumSet.allOf(Capability.class);
        }
        for (TomlValue each : items(value, "capabilities")) {
            switch (text(each, "capabilities")) {
                case "pull" -> capabilities.add(Capability.PULL);
                case "resolve" -> capabilities.add(Capability.RESOLVE);
                case "push" -> capabilities.add(Capability.PUSH);
                default ->
                    throw TomlReader.problem(
                            each.place(),
                            "`" + text(each, "") + "` is not a capability; those are pull, resolve and push.");
            }
        }
        return capabilities;
    }

    private List<Path> authorities(@Nullable TomlValue value) {
        List<Path> files = new ArrayList<>();
        for (TomlValue each : oneOrMany(value)) {
            files.add(file(each, "ca"));
        }
        return files;
    }

    /** A file with both, several of those, or pairs of certificate and key. */
    private List<ClientPair> clients(@Nullable TomlValue value) {
        List<ClientPair> pairs = new ArrayList<>();
        for (TomlValue each : oneOrMany(value)) {
            if (each instanceof TomlValue.Items pair) {
                if (pair.values().isEmpty() || pair.values().size() > 2) {
                    throw TomlReader.problem(pair.place(), "a client is a certificate and its key.");
                }
                Path certificate = file(pair.values().getFirst(), "client");
                boolean both = pair.values().size() == 1
                        || text(pair.values().get(1), "client").isEmpty();
                pairs.add(new ClientPair(
                        certificate, both ? certificate : file(pair.values().get(1), "client")));
            } else {
                pairs.add(new ClientPair(file(each, "client"), file(each, "client")));
            }
        }
        return pairs;
    }

    private static Map<String, String> headers(@Nullable TomlValue value) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (value == null) {
            return headers;
        }
        for (Map.Entry<String, TomlValue> each :
                table(value, "header").members().entrySet()) {
            List<String> values = new ArrayList<>();
            for (TomlValue one : oneOrMany(each.getValue())) {
                values.add(text(one, each.getKey()));
            }
            String all = String.join(", ", values);
            if (!isHeader(each.getKey(), all)) {
                throw TomlReader.problem(
                        each.getValue().place(), "`" + each.getKey() + "` cannot be sent as a header.");
            }
            headers.put(each.getKey(), all);
        }
        return headers;
    }

    /** The connection's own headers are not for others to set. */
    private static boolean isHeader(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean own = Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect", "")
                .contains(lower);
        boolean word = name.chars().allMatch(c -> c > ' ' && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
        return !own && word && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
    }

    private static Optional<Duration> dialTimeout(@Nullable TomlValue value) {
        if (value == null) {
            return Optional.empty();
        }
        String text = text(value, "dial_timeout");
        long nanos = GoDuration.nanoseconds(text);
        if (nanos <= 0) {
            throw TomlReader.problem(value.place(), "`" + text + "` is not a time such as `500ms`, `3s` or `1m30s`.");
        }
        return Optional.of(Duration.ofNanos(nanos));
    }

    private Path file(TomlValue value, String key) {
        String text = text(value, key);
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw TomlReader.problem(value.place(), "`" + key + "` names no file.");
        }
        return folder.resolve(text);
    }

    private static boolean flag(Map<String, TomlValue> members, String key) {
        TomlValue value = members.remove(key);
        if (value == null) {
            return false;
        }
        if (value instanceof TomlValue.Flag flag) {
            return flag.value();
        }
        throw wrong(value, key, "a boolean");
    }

    private static List<TomlValue> oneOrMany(@Nullable TomlValue value) {
        if (value == null) {
            return List.of();
        }
        return value instanceof TomlValue.Items items ? items.values() : List.of(value);
    }

    private static List<TomlValue> items(TomlValue value, String key) {
        if (value instanceof TomlValue.Items items) {
            return items.values();
        }
        throw wrong(value, key, "an array");
    }

    private static Table table(TomlValue value, String key) {
        if (value instanceof Table table) {
            return table;
        }
        throw wrong(value, key, "a table");
    }

    private static String text(TomlValue value, String key) {
        if (value instanceof TomlValue.Text text) {
            return text.value();
        }
        throw wrong(value, key, "a string");
    }

    private static WherryException wrong(TomlValue value, String key, String wanted) {
        return TomlReader.problem(value.place(), "`" + key + "` must be " + wanted + ", found " + value.what() + ".");
    }
}
