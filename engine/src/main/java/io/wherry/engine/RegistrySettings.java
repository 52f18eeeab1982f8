package io.wherry.engine;

import io.wherry.registry.DockerCredentials;
import io.wherry.registry.ProxyRules;
import io.wherry.registry.RegistryConfig;

/** How the caller's registries are spoken to: proxies, credentials. */
final class RegistrySettings {
    private RegistrySettings() {}

    static RegistryConfig ofCaller() {
        return RegistryConfig.DEFAULT
                .withProxies(ProxyRules.of(System.getenv()))
                .withCredentials(DockerCredentials.of(System.getenv()));
    }
}
