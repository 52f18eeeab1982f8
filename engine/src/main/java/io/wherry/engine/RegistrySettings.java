package io.wherry.engine;

import io.wherry.registry.DockerCredentials;
import io.wherry.registry.HostsFolders;
import io.wherry.registry.ProxyRules;
import io.wherry.registry.RegistryConfig;

/** How the caller's registries are spoken to: proxies, credentials, mirrors and certificates. */
final class RegistrySettings {
    private RegistrySettings() {}

    static RegistryConfig ofCaller() {
        return RegistryConfig.DEFAULT
                .withProxies(ProxyRules.of(System.getenv()))
                .withHosts(HostsFolders.of(System.getenv()))
                .withCredentials(DockerCredentials.of(System.getenv()));
    }
}
