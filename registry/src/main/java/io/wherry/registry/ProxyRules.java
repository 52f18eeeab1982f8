package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Through which proxy a host is reached. Loopback is always reached directly.
 *
 * @param http for plain HTTP, such as {@code http://proxy:3128}; absent for none
 * @param https for TLS, which goes through it untouched; absent for none
 * @param except hosts, and domains with all below them, that are reached directly; {@code *} for all
 */
public record ProxyRules(Optional<URI> http, Optional<URI> https, List<String> except) {
    public static final ProxyRules NONE = new ProxyRules(Optional.empty(), Optional.empty(), List.of());

    public ProxyRules {
        except = List.copyOf(except);
    }

    /** {@return the rules in {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}, in either case of letters} */
    public static ProxyRules of(Map<String, String> environment) {
        List<String> except = new ArrayList<>();
        for (String host : variable(environment, "NO_PROXY").split(",", -1)) {
            String name = host.trim().toLowerCase(Locale.ROOT);
            name = name.startsWith("*.") ? name.substring(2) : name.startsWith(".") ? name.substring(1) : name;
            if (!name.isEmpty()) {
                except.add(name);
            }
        }
        return new ProxyRules(proxy(environment, "HTTP_PROXY"), proxy(environment, "HTTPS_PROXY"), except);
    }

    private static String variable(Map<String, String> environment, String name) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : value;
    }

    private static Optional<URI> proxy(Map<String, String> environment, String name) {
        String text = variable(environment, name).trim();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getRawUserInfo() == null) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            throw invalid(name);
        }
        throw invalid(name);
    }

    /** The value is not shown: it may hold a password. */
    private static WherryException invalid(String name) {
        return new WherryException(
                Kind.INVALID,
                "The variable " + name + " does not name a proxy that can be used.",
                "Write it as `http://HOST:PORT`; proxies with a password or with TLS to themselves are not known.");
    }

    /** {@return the proxy on the way to {@code target}; nothing if it is reached directly} */
    Optional<URI> towards(URI target) {
        Optional<URI> proxy = target.getScheme().equalsIgnoreCase("https") ? https : http;
        String host = Hosts.host(target);
        if (proxy.isEmpty() || Hosts.isLoopback(host)) {
            return Optional.empty();
        }
        for (String name : except) {
            if (name.equals("*")
                    || name.equals(host)
                    || name.equals(host + ":" + Hosts.port(target))
                    || host.endsWith("." + name)) {
                return Optional.empty();
            }
        }
        return proxy;
    }
}
