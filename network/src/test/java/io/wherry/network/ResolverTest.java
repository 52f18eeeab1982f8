package io.wherry.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolverTest {
    @TempDir
    Path folder;

    private String content(String host, String behind) throws IOException {
        Path own = folder.resolve("resolv.conf");
        Files.writeString(own, host);
        Path other = folder.resolve("behind");
        Files.deleteIfExists(other);
        if (!behind.isEmpty()) {
            Files.writeString(other, behind);
        }
        return new String(Resolver.content(own, other), StandardCharsets.UTF_8).replace(folder.toString(), "/etc");
    }

    @Test
    void serversOfTheHostItselfAndOfIpv6AreLeftOut() throws IOException {
        assertThat(content(
                        "# by hand\nsearch a.example b.example\n\nnameserver 127.0.0.1\nnameserver\t192.0.2.53   # one\n"
                                + "nameserver ::1\nnameserver fe80::1%eth0\nnameserver 0.0.0.0\nnameserver junk\noptions ndots:2\n",
                        ""))
                .isEqualTo("# by hand\nsearch a.example b.example\nnameserver\t192.0.2.53   # one\noptions ndots:2\n");
    }

    @Test
    void theServersBehindResolvedTakeTheirStubsPlace() throws IOException {
        assertThat(content("nameserver 127.0.0.53\noptions edns0\n", "nameserver 192.0.2.1\nsearch lan\n"))
                .isEqualTo("nameserver 192.0.2.1\nsearch lan\n");
    }

    @Test
    void whereNoServerIsLeftNoneIsMadeUp() throws IOException {
        assertThat(content("search lan\nnameserver 127.0.0.1\n", "nameserver 127.0.0.1\n"))
                .isEqualTo(
                        "search lan\n# No name server: the host's are only reachable from the host itself (/etc/resolv.conf).\n");
        assertThat(new String(Resolver.content(folder.resolve("a"), folder.resolve("b")), StandardCharsets.UTF_8))
                .startsWith("# No name server");
    }
}
