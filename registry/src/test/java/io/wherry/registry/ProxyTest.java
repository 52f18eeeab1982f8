package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyTest {
    private final TestImage image = new TestImage();

    @Test
    void goesThroughAProxyThatLooksNamesUp() throws IOException {
        try (ScriptedRegistry proxy = ScriptedRegistry.start(image)) {
            RegistryConfig config = RegistryConfig.DEFAULT
                    .withPatience(TestImage.QUICK)
                    .withPlainHttpHosts(Set.of("registry.invalid"))
                    .withProxies(ProxyRules.of(Map.of("http_proxy", proxy.name())));
            ImageReference reference = ImageReference.parse("registry.invalid/acme/app:1");
            assertThat(new RegistryClient(config).resolve(reference).document().raw())
                    .isEqualTo(image.manifest.raw());
            assertThat(proxy.requests().get(0).path()).isEqualTo("http://registry.invalid/v2/acme/app/manifests/1");
        }
    }

    @Test
    void aProxysWordsAreNotTheRegistrys() throws IOException {
        List<ScriptedRegistry.Script> answers = List.of(
                (_, reply) -> reply.send(302, "Location: https://evil.invalid/\r\n", ""),
                (_, reply) -> reply.send(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", ""),
                (_, reply) -> reply.send(404, "", ""),
                (_, reply) -> reply.send(502, "", ""));
        for (ScriptedRegistry.Script answer : answers) {
            try (ScriptedRegistry proxy = ScriptedRegistry.start(answer)) {
                RegistryConfig config = RegistryConfig.DEFAULT
                        .withPatience(TestImage.QUICK)
                        .withProxies(ProxyRules.of(Map.of("HTTPS_PROXY", "http://" + proxy.name())))
                        .withCredentials((_, _) -> {
                            throw new AssertionError("not the registry's question");
                        });
                ImageReference reference = ImageReference.parse("registry.invalid/a");
                assertFails(
                        Kind.UNAVAILABLE,
                        "the proxy refuses to connect to registry.invalid:443",
                        () -> new RegistryClient(config).resolve(reference));
                assertThat(proxy.requests())
                        .isNotEmpty()
                        .allMatch(request -> request.method().equals("CONNECT"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://ghcr.io/v2/, true",
        "https://GHCR.io:443/v2/, true",
        "http://ghcr.io/v2/, false",
        "https://localhost:5000/, false",
        "https://127.0.0.1/, false",
        "https://[::1]:5000/, false",
        "https://corp.example/, false",
        "https://a.corp.example/, false",
        "https://notcorp.example/, true",
        "https://b.example/, true",
        "https://a.b.example/, false",
        "https://10.0.0.5/, false",
        "https://p.example:8443/, false",
        "https://p.example/, true",
    })
    void knowsWhoIsReachedDirectly(String target, boolean proxied) {
        ProxyRules rules = ProxyRules.of(Map.of(
                "HTTPS_PROXY",
                "http://proxy:3128",
                "NO_PROXY",
                "corp.example, *.a.b.example,.a.b.example,10.0.0.5,p.example:8443"));
        assertThat(rules.towards(URI.create(target)).isPresent()).isEqualTo(proxied);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://user:canary@proxy:3128", "socks5://proxy", "https://proxy", "http://", "::"})
    void refusesOtherProxiesWithoutShowingThem(String value) {
        assertFails(
                Kind.INVALID,
                "The variable HTTPS_PROXY does not name a proxy that can be used.",
                () -> ProxyRules.of(Map.of("HTTPS_PROXY", value)));
    }
}
