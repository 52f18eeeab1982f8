package io.wherry.registry;

import static io.wherry.registry.BlobTest.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.RegistryHost.Capability;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HostsFileTest {
    private static final Path FILE = Path.of("/etc/x/certs.d/a.io/hosts.toml");

    @TempDir
    private Path folder;

    private static List<RegistryHost> parse(String text) {
        return HostsFile.parse(FILE, text);
    }

    @Test
    void readsAllThatContainerdWrites() {
        List<RegistryHost> hosts = parse("""
                # a remark
                server = "https://a.io"   # and one behind
                ca = ["server.crt", '/abs/other.crt']

                [host."https://mirror.one:8443/v2/cache"]
                  capabilities = ["pull", "resolve",
                     # within
                  ]
                  override_path = true
                  skip_verify = true
                  client = [["c.cert", "c.key"], ["both.pem", ""], "alone.pem"]
                  dial_timeout = "1m1.5s"
                  [host."https://mirror.one:8443/v2/cache".header]
                    x-team = ["a", "b\\u00e9"]
                [host.'http://two.local']
                [host."three.io/deep"]
                capabilities = []
                """.replace("b\\u00e9", "b"));
        assertThat(hosts).hasSize(4);
        RegistryHost one = hosts.get(0);
        assertThat(one.base()).contains(URI.create("https://mirror.one:8443/"));
        assertThat(one.root()).isEqualTo("/v2/cache");
        assertThat(one.capabilities()).containsExactlyInAnyOrder(Capability.PULL, Capability.RESOLVE);
        assertThat(one.skipVerify()).isTrue();
        Path here = FILE.getParent();
        assertThat(one.clients())
                .containsExactly(
                        new ClientPair(here.resolve("c.cert"), here.resolve("c.key")),
                        new ClientPair(here.resolve("both.pem"), here.resolve("both.pem")),
                        new ClientPair(here.resolve("alone.pem"), here.resolve("alone.pem")));
        assertThat(one.dialTimeout()).contains(Duration.ofMillis(61_500));
        assertThat(one.headers()).isEqualTo(Map.of("x-team", "a, b"));
        assertThat(hosts.get(1).base()).contains(URI.create("http://two.local/"));
        assertThat(hosts.get(1).capabilities()).hasSize(3);
        assertThat(hosts.get(1).root()).isEqualTo("/v2");
        assertThat(hosts.get(2).base()).contains(URI.create("https://three.io/"));
        assertThat(hosts.get(2).root()).isEqualTo("/deep/v2");
        assertThat(hosts.get(2).capabilities()).isEmpty();
        RegistryHost server = hosts.get(3);
        assertThat(server.base()).contains(URI.create("https://a.io/"));
        assertThat(server.authorities()).containsExactly(here.resolve("server.crt"), Path.of("/abs/other.crt"));
        assertThat(server.skipVerify()).isFalse();
    }

    @Test
    void anEmptyFileSettlesNothing() {
        assertThat(parse("")).containsExactly(RegistryHost.plain());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve = \"https://a.io\" | line 1, column 9: `serve` is not known",
                "server = 5 | line 1, column 10: `5` is neither",
                "server = true | `server` must be a string, found a boolean",
                "server = \"ftp://a.io\" | is not the address of a host",
                "server = \"https://u:p@a.io\" | is not the address of a host",
                "server = \"https://[\" | is not the address of a host",
                "server = \"a\" \"b\" | line 1, column 14: nothing more",
                "server | line 1, column 7: `=` was expected",
                "server = | line 1, column 9: a value was expected",
                "= \"x\" | line 1, column 1: a key was expected",
                "server = \"x | does not end on its line",
                "server = \"\\q\" | `\\q` is no escape",
                "server = \"\\u12\" | hexadecimal digits",
                "server = \"\\ud800\" | is no character",
                "server = \"\"\"x\"\"\" | several lines",
                "server = \"a\"~server = \"b\" | line 2, column 1: `server` is there twice",
                "[host.\"a\"]~[host.\"a\"] | line 2, column 2: the table `host.a` is there twice",
                "[[host]] | arrays of tables",
                "[host | `]` was expected",
                "[host] x = 1 | line 1, column 8: nothing more",
                "host = \"a\" | `host` must be a table",
                "host = {a = {skip_verify = true}}~[host.b] | is a table already",
                "[host.\"a\"]~skip_verify = \"true\" | line 2, column 15: `skip_verify` must be a boolean, found a string",
                "[host.\"a\"]~skip-verify = true | `skip-verify` is not known; known are",
                "[host.\"a\"]~capabilities = \"pull\" | `capabilities` must be an array",
                "[host.\"a\"]~capabilities = [\"pul\"] | line 2, column 17: `pul` is not a capability",
                "[host.\"a\"]~capabilities = [\"pull\" \"push\"] | line 2, column 24: `,` or `]` was expected",
                "[host.\"a\"]~ca = \"\" | `ca` names no file",
                "[host.\"a\"]~ca = [true] | `ca` must be a string",
                "[host.\"a\"]~client = [[\"a\", \"b\", \"c\"]] | line 2, column 11: a client is a certificate and its key",
                "[host.\"a\"]~dial_timeout = \"soon\" | line 2, column 16: `soon` is not a time",
                "[host.\"a\"]~dial_timeout = \"-1s\" | is not a time",
                "[host.\"a\"]~dial_timeout = \"99999999999999999m\" | is not a time",
                "[host.\"a\".header]~\"x y\" = \"b\" | cannot be sent as a header",
                "[host.\"a\".header]~x = \"a\\r\\nb\" | cannot be sent as a header",
                "[host.\"a\".header]~Host = \"b\" | cannot be sent as a header",
                "[host.\"a\".headers]~x = \"b\" | `headers` is not known",
                "a = [[[[[[[[[[[[[[[[[[ | nested more than 16",
            })
    void whatIsNotUnderstoodIsToldWithItsPlace(String row) {
        int bar = row.lastIndexOf(" | ");
        String all = row.substring(0, bar).replace("~", "\n");
        String expected = row.substring(bar + 3);
        assertFails(Kind.INVALID, "`" + FILE + "` is not understood: line ", () -> parse(all));
        assertFails(Kind.INVALID, expected, () -> parse(all));
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    @Test
    void theFirstFolderForARegistryCounts() throws IOException {
        HostsFolders folders =
                new HostsFolders(List.of(folder.resolve("no"), folder.resolve("a"), folder.resolve("b")));
        assertThat(folders.find("x.io:5000")).isEmpty();
        Files.writeString(folder("b/x.io:5000").resolve("hosts.toml"), "server = \"https://b\"");
        assertThat(folders.find("x.io:5000").getFirst().base()).contains(URI.create("https://b/"));
        Files.writeString(folder("a/x.io_5000_").resolve("hosts.toml"), "server = \"https://c\"");
        assertThat(folders.find("x.io:5000").getFirst().base()).contains(URI.create("https://b/"));
        Files.writeString(folder("a/x.io:5000").resolve("hosts.toml"), "server = \"https://a\"");
        assertThat(folders.find("x.io:5000").getFirst().base()).contains(URI.create("https://a/"));
        assertThat(folders.find("x.io")).isEmpty();
        Files.writeString(folder("b/_default").resolve("hosts.toml"), "server = \"https://d\"");
        assertThat(folders.find("x.io").getFirst().base()).contains(URI.create("https://d/"));
    }

    @Test
    void dockersCertificatesAreTakenByTheirNames() throws IOException {
        Path own = folder("d/x.io");
        Files.writeString(own.resolve("ca.crt"), "");
        Files.writeString(own.resolve("client.cert"), "");
        HostsFolders folders = new HostsFolders(List.of(folder.resolve("d")));
        assertFails(Kind.FAILED_PRECONDITION, "has no key `client.key`", () -> folders.find("x.io"));
        Files.writeString(own.resolve("client.key"), "");
        RegistryHost host = folders.find("x.io").getFirst();
        assertThat(host.base()).isEmpty();
        assertThat(host.authorities()).containsExactly(own.resolve("ca.crt"));
        assertThat(host.clients())
                .containsExactly(new ClientPair(own.resolve("client.cert"), own.resolve("client.key")));
    }

    @Test
    void theUsersFoldersComeFirst() {
        assertThat(HostsFolders.of(Map.of("HOME", "/home/a")).folders())
                .containsExactly(
                        Path.of("/home/a/.config/wherry/certs.d"),
                        Path.of("/etc/wherry/certs.d"),
                        Path.of("/etc/containerd/certs.d"),
                        Path.of("/etc/docker/certs.d"));
        assertThat(HostsFolders.of(Map.of("HOME", "/home/a", "XDG_CONFIG_HOME", "/c"))
                        .folders())
                .startsWith(Path.of("/c/wherry/certs.d"));
    }
}
