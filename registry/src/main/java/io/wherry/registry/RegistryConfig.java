package io.wherry.registry;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a {@link RegistryClient} may trust.
 *
 * @param caFiles certificates in PEM form that are trusted beside the host's
 * @param plainHttpHosts registries, as written in references, that are spoken to without TLS; those on a loopback
 *     address need not be listed. Credentials are never sent to them
 * @param insecureHosts registries, as written in references, whose certificate is not checked
 * @param proxies on the way to registries
 * @param credentials asked when a registry wants some
 * @param hosts who answers for registries, beside themselves
 */
public record RegistryConfig(
        List<Path> caFiles,
        Set<String> plainHttpHosts,
        Set<String> insecureHosts,
        ProxyRules proxies,
        CredentialSource credentials,
        HostSource hosts,
        Patience patience) {
    /** The host's certificates, TLS everywhere but on loopback, nobody's credentials. */
    public static final RegistryConfig DEFAULT = new RegistryConfig(
            List.of(), Set.of(), Set.of(), ProxyRules.NONE, CredentialSource.NONE, HostSource.NONE, Patience.DEFAULT);

    public RegistryConfig {
        caFiles = List.copyOf(caFiles);
        plainHttpHosts = Set.copyOf(plainHttpHosts);
        insecureHosts = Set.copyOf(insecureHosts);
    }

    public RegistryConfig withCaFiles(List<Path> value) {
        return new RegistryConfig(value, plainHttpHosts, insecureHosts, proxies, credentials, hosts, patience);
    }

    public RegistryConfig withPlainHttpHosts(Set<String> value) {
        return new RegistryConfig(caFiles, value, insecureHosts, proxies, credentials, hosts, patience);
    }

    public RegistryConfig withInsecureHosts(Set<String> value) {
        return new RegistryConfig(caFiles, plainHttpHosts, value, proxies, credentials, hosts, patience);
    }

    public RegistryConfig withProxies(ProxyRules value) {
        return new RegistryConfig(caFiles, plainHttpHosts, insecureHosts, value, credentials, hosts, patience);
    }

    public RegistryConfig withCredentials(CredentialSource value) {
        return new RegistryConfig(caFiles, plainHttpHosts, insecureHosts, proxies, value, hosts, patience);
    }

    public RegistryConfig withPatience(Patience value) {
        return new RegistryConfig(caFiles, plainHttpHosts, insecureHosts, proxies, credentials, hosts, value);
    }

    public RegistryConfig withHosts(HostSource value) {
        return new RegistryConfig(caFiles, plainHttpHosts, insecureHosts, proxies, credentials, value, patience);
    }
}
