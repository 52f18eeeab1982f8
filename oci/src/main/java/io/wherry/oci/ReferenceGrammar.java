package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks the parts of an image's name, and says which one is wrong in {@code whole}. */
final class ReferenceGrammar {
    private static final int MAX_TAG = 128;

    private final String whole;

    ReferenceGrammar(String whole) {
        this.whole = whole;
    }

    /** One letter, digit or {@code _}, then up to 127 of these and {@code .} and {@code -}. */
    void checkTag(String tag) {
        if (tag.isEmpty()) {
            throw problem("the tag after `:` is empty");
        }
        if (tag.length() > MAX_TAG) {
            throw problem("its tag has more than " + MAX_TAG + " characters");
        }
        for (int i = 0; i < tag.length(); i++) {
            char c = tag.charAt(i);
            if (!isLower(c) && !isUpper(c) && !isDigit(c) && c != '_' && (i == 0 || (c != '.' && c != '-'))) {
                throw problem("its tag must not hold `" + shown(c) + "`" + (i == 0 ? " first" : ""));
            }
        }
    }

    /** Parts of lower-case letters and digits, joined by {@code .}, {@code _}, {@code __} or hyphens; {@code /} between. */
    void checkRepository(String repository) {
        int start = 0;
        while (true) {
            int slash = repository.indexOf('/', start);
            int end = slash < 0 ? repository.length() : slash;
            checkComponent(repository, start, end);
            if (slash < 0) {
                return;
            }
            start = slash + 1;
        }
    }

    private void checkComponent(String repository, int start, int end) {
        if (start == end) {
            throw problem("a part of its repository is empty");
        }
        int i = start;
        while (i < end) {
            int word = i;
            while (i < end && (isLower(repository.charAt(i)) || isDigit(repository.charAt(i)))) {
                i++;
            }
            if (i == word) {
                throw badComponent(repository, i);
            }
            if (i < end) {
                i = separator(repository, i, end);
            }
        }
    }

    private int separator(String repository, int at, int end) {
        char c = repository.charAt(at);
        int i = at + 1;
        if (c == '-') {
            while (i < end && repository.charAt(i) == '-') {
                i++;
            }
        } else if (c == '_') {
            if (i < end && repository.charAt(i) == '_') {
                i++;
            }
        } else if (c != '.') {
            throw badComponent(repository, at);
        }
        if (i == end) {
            throw problem("a part of its repository ends with `" + c + "`");
        }
        return i;
    }

    private WherryException badComponent(String repository, int at) {
        char c = repository.charAt(at);
        if (isUpper(c)) {
            return problem(
                    "its repository must be lower case",
                    "Try `" + whole.replace(repository, repository.toLowerCase(Locale.ROOT)) + "`.");
        }
        return problem("its repository must not hold `" + shown(c) + "` there");
    }

    /** A host name, an IPv4 address or an IPv6 address in brackets, and a port if one likes. */
    void checkRegistry(String registry) {
        String host = registry;
        int colon = registry.lastIndexOf(':');
        if (colon > registry.lastIndexOf(']')) {
            host = registry.substring(0, colon);
            checkPort(registry.substring(colon + 1));
        }
        if (host.startsWith("[")) {
            checkIpv6(host);
            return;
        }
        int label = 0;
        for (int i = 0; i <= host.length(); i++) {
            char c = i == host.length() ? '.' : host.charAt(i);
            if (c == '.') {
                if (label == 0 || host.charAt(i - 1) == '-') {
                    throw problem("its registry `" + registry + "` is not a host");
                }
                label = 0;
            } else if (isLower(c) || isUpper(c) || isDigit(c) || (c == '-' && label > 0)) {
                label++;
            } else {
                throw problem("its registry must not hold `" + shown(c) + "` there");
            }
        }
        if (host.length() > 253) {
            throw problem("its registry has more than 253 characters");
        }
    }

    private void checkPort(String port) {
        int value = 0;
        for (int i = 0; i < port.length(); i++) {
            value = isDigit(port.charAt(i)) && value < 65_536 ? value * 10 + (port.charAt(i) - '0') : 65_536;
        }
        if (value < 1 || value > 65_535) {
            throw problem("the registry's port must be between 1 and 65535");
        }
    }

    private void checkIpv6(String host) {
        boolean closed = host.endsWith("]") && host.length() > 4 && host.length() <= 41 && host.indexOf(':') > 0;
        for (int i = 1; closed && i < host.length() - 1; i++) {
            char c = host.charAt(i);
            closed = isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
        }
        if (!closed) {
            throw problem("its registry `" + host + "` is not an IPv6 address in brackets");
        }
    }

    WherryException problem(String problem) {
        return problem(problem, null);
    }

    WherryException problem(String problem, @Nullable String hint) {
        String shown = whole.length() <= 200 ? whole : whole.substring(0, 200) + "...";
        return new WherryException(Kind.INVALID, "Invalid image name `" + shown + "`: " + problem + ".", hint, null);
    }

    private static String shown(char c) {
        return c > 0x20 && c < 0x7f
                ? Character.toString(c)
                : "U+" + Integer.toHexString(c | 0x10000).substring(1);
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
