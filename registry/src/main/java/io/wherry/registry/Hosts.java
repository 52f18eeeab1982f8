package io.wherry.registry;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** What the names and addresses of hosts say about whom they belong to. */
final class Hosts {
    /** Domains under which strangers get names: below them, one more label tells owners apart. */
    private static final Set<String> SHARED = Set.of(
            "amazonaws.com",
            "azurecr.io",
            "azurewebsites.net",
            "cloudapp.net",
            "cloudfront.net",
            "fly.dev",
            "github.io",
            "gitlab.io",
            "googleusercontent.com",
            "herokuapp.com",
            "netlify.app",
            "ngrok.io",
            "pages.dev",
            "pkg.dev",
            "run.app",
            "vercel.app",
            "workers.dev");

    private static final Set<String> SECOND_LEVEL = Set.of("com", "net", "org", "edu", "gov", "info");

    private Hosts() {}

    /** {@return the host of {@code uri} in lower case, an IPv6 address without brackets} */
    static String host(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** {@return the port of {@code uri}, its scheme's one if it names none} */
    static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equalsIgnoreCase(b.getScheme()) && host(a).equals(host(b)) && port(a) == port(b);
    }

    /** {@return whether the name is this machine whatever a name server says} */
    static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return isAddress(host) && InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** {@return whether this is an address, so that no name server is asked} */
    static boolean isAddress(String host) {
        if (host.indexOf(':') >= 0) {
            return true;
        }
        int dots = 0;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return dots == 3;
    }

    /** {@return whether this is a link-local, metadata, multicast or wildcard address} */
    static boolean isNeverARegistry(InetAddress address) {
        if (address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()) {
            return true;
        }
        String text = address.getHostAddress();
        if (address instanceof Inet6Address) {
            // The metadata service of one large cloud; the others' are link-local.
            return text.startsWith("fd00:ec2:0:0:0:0:0:254");
        }
        return text.equals("100.100.100.200") || text.equals("168.63.129.16");
    }

    /**
     * {@return whether both names most probably have one owner}
     *
     * <p>The list of public suffixes is not at hand. The rule errs to "no", which costs an anonymous attempt: the last
     * two labels must be equal, or three where the last two look like a public suffix.
     */
    static boolean sameOwner(String a, String b) {
        if (a.equals(b)) {
            return true;
        }
        if (isAddress(a) || isAddress(b)) {
            return false;
        }
        String domain = domain(a);
        return !domain.isEmpty() && domain.equals(domain(b));
    }

    private static String domain(String host) {
        String[] labels = host.split("\\.", -1);
        int n = labels.length;
        if (n < 2) {
            return "";
        }
        String two = labels[n - 2] + "." + labels[n - 1];
        boolean suffix = SHARED.contains(two)
                || (labels[n - 1].length() == 2
                        && (labels[n - 2].length() <= 3 || SECOND_LEVEL.contains(labels[n - 2])));
        if (!suffix) {
            return two;
        }
        return n < 3 ? "" : labels[n - 3] + "." + two;
    }
}
