package io.wherry.network;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A container's {@code resolv.conf}: the host's, without the servers that it cannot reach from its own network namespace. No server is made up: where
 * none is left, the file says so and names none.
 *
 * <p>Specification: {@code resolv.conf(5)}.
 */
public final class Resolver {
    private static final int LIMIT = 64 * 1024;
    private static final Path HOST = Path.of("/etc/resolv.conf");

    /** Where systemd-resolved, whose own server is on the loopback, lists those that it asks. */
    private static final Path BEHIND_RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

    private Resolver() {}

    /** {@return the content for a container on a bridge of this host} */
    public static byte[] content() {
        return content(HOST, BEHIND_RESOLVED);
    }

    static byte[] content(Path host, Path behind) {
        String own = read(host);
        String text = filter(own);
        if (text == null) {
            text = filter(read(behind));
        }
        if (text == null) {
            text = options(own) + "# No name server: the host's are only reachable from the host itself (" + host
                    + ").\n";
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@return the lines that stay; null if none of them names a server} */
    private static @Nullable String filter(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean found = false;
        for (String line : text.split("\n")) {
            String server = server(line);
            if (server == null) {
                append(out, line);
            } else if (isReachable(server)) {
                append(out, line);
                found = true;
            }
        }
        return found ? out.toString() : null;
    }

    private static String options(String text) {
        StringBuilder out = new StringBuilder();
        for (String line : text.split("\n")) {
            if (server(line) == null) {
                append(out, line);
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String line) {
        if (!line.isBlank()) {
            out.append(line.stripTrailing()).append('\n');
        }
    }

    private static @Nullable String server(String line) {
        String keyword = "nameserver";
        if (!line.startsWith(keyword) || line.length() == keyword.length() || line.charAt(keyword.length()) > ' ') {
            return null;
        }
        String rest = line.substring(keyword.length()).strip();
        int end = 0;
        while (end < rest.length() && rest.charAt(end) > ' ') {
            end++;
        }
        return rest.substring(0, end);
    }

    /** The bridge is IPv4 only, and 127.0.0.0/8 and 0.0.0.0 mean the container itself. */
    private static boolean isReachable(String server) {
        if (server.indexOf(':') >= 0) {
            return false;
        }
        try {
            byte[] bytes = IpAddress.parse(server).bytes();
            return bytes[0] != 127 && bytes[0] != 0;
        } catch (WherryException e) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.size(file) > LIMIT ? "" : new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
