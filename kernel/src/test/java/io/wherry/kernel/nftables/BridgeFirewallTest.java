package io.wherry.kernel.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.netlink.RealNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The referee is {@code nft}, which prints what the kernel holds. */
class BridgeFirewallTest {
    private static final String ID = "0badcafe";
    private static final Bridge FIRST = Bridge.of("wherry0", IpPrefix.parse("10.88.0.1/16"));
    private static final Bridge SECOND =
            new Bridge("wherry1", IpPrefix.parse("10.89.3.0/27"), Optional.of(IpPrefix.parse("fd00:77::1/64")));
    private static final IpAddress CONTAINER = IpAddress.parse("10.88.0.5");

    @TempDir
    Path folder;

    private RealNetwork network;

    @BeforeEach
    void compile() throws Exception {
        network = new RealNetwork(folder);
    }

    @Test
    void kernelHoldsWhatIsSaid() throws Exception {
        network.netfilter(BridgeFirewall.apply(ID, List.of(FIRST, SECOND)))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry0", CONTAINER))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry1", IpAddress.parse("fd00:77::5")))
                .shell("nft list ruleset");
        assertThat(network.run()).isEqualTo("ok\nok\nok\n" + golden("ruleset.nft"));
    }

    @Test
    void applyingAgainKeepsElementsAndChangesNothing() throws Exception {
        network.netfilter(BridgeFirewall.apply(ID, List.of(FIRST, SECOND)))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry0", CONTAINER))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry0", CONTAINER))
                .shell("nft list ruleset > " + folder + "/before")
                .netfilter(BridgeFirewall.apply(ID, List.of(FIRST, SECOND)))
                .shell("nft list ruleset > " + folder + "/after")
                .shell("diff " + folder + "/before " + folder + "/after && grep -c 10.88.0.5 " + folder + "/after");
        assertThat(network.run()).isEqualTo("ok\nok\nok\nok\n1\n");
    }

    @Test
    void addressesComeAndGoAndAMissingOneIsEnoent() throws Exception {
        network.netfilter(BridgeFirewall.apply(ID, List.of(FIRST)))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry0", CONTAINER))
                .netfilter(BridgeFirewall.removeAddress(ID, "wherry0", CONTAINER))
                .shell("nft list ruleset | grep -c 10.88.0.5 || true")
                .netfilter(BridgeFirewall.removeAddress(ID, "wherry0", CONTAINER))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry9", CONTAINER));
        assertThat(network.run()).isEqualTo("ok\nok\nok\n0\nmessage 2: errno 2\nmessage 2: errno 2\n");
    }

    @Test
    void asManyAddressesAsABridgeHasPortsFitIntoOneBatch() throws Exception {
        List<IpAddress> addresses = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            addresses.add(IpAddress.of(new byte[] {10, 88, (byte) (1 + i / 250), (byte) (i % 250)}));
        }
        network.netfilter(BridgeFirewall.apply(ID, List.of(FIRST)))
                .netfilter(BridgeFirewall.addAddresses(ID, "wherry0", addresses))
                .shell("nft list ruleset | grep -o '10\\.88\\.[1-8]\\.[0-9]*' | sort -u | wc -l");
        assertThat(network.run()).isEqualTo("ok\nok\n2000\n");
    }

    @Test
    void bridgesAndTablesGoAway() throws Exception {
        network.netfilter(BridgeFirewall.removeTable(ID))
                .netfilter(BridgeFirewall.apply(ID, List.of(FIRST, SECOND)))
                .netfilter(BridgeFirewall.removeBridge(ID, SECOND))
                .netfilter(BridgeFirewall.apply(ID, List.of(FIRST)))
                .netfilter(BridgeFirewall.removeBridge(ID, SECOND))
                .shell("nft list ruleset | grep -c wherry1 || true")
                .netfilter(BridgeFirewall.removeTable(ID))
                .netfilter(BridgeFirewall.removeTable(ID))
                .shell("nft list ruleset");
        assertThat(network.run()).isEqualTo("ok\nok\nmessage 2: errno 16\nok\nok\n0\nok\nok\n");
    }

    @Test
    void foreignTablesAreUntouched() throws Exception {
        network.shell(
                        "nft add table inet other && nft add chain inet other forward '{ type filter hook forward priority 5; }'")
                .shell("nft list ruleset > " + folder + "/before")
                .netfilter(BridgeFirewall.apply(ID, List.of(FIRST)))
                .netfilter(BridgeFirewall.removeTable(ID))
                .shell("nft list ruleset | diff " + folder + "/before - && echo same");
        assertThat(network.run()).isEqualTo("ok\nok\nsame\n");
    }

    @Test
    void packetsFollowTheRules() throws Exception {
        network.netfilter(BridgeFirewall.apply(ID, List.of(FIRST)))
                .netfilter(BridgeFirewall.addAddress(ID, "wherry0", CONTAINER))
                .shell(
                        "unshare -n sleep 30 & in=$!; unshare -n sleep 30 & out=$!; trap 'kill $in $out' EXIT; sleep 0.5")
                .shell(
                        "inside() { nsenter --net=/proc/$in/ns/net \"$@\"; }; outside() { nsenter --net=/proc/$out/ns/net \"$@\"; }")
                .shell("pings() { \"$@\" >/dev/null 2>&1 && echo yes || echo no; }")
                .shell("ip link add wherry0 type bridge; ip addr add 10.88.0.1/16 dev wherry0; ip link set wherry0 up")
                .shell("ip link add v up master wherry0 type veth peer name eth0 netns $in")
                .shell("ip link add uplink up type veth peer name eth0 netns $out; ip addr add 10.99.0.1/24 dev uplink")
                .shell(
                        "inside ip addr add 10.88.0.5/16 dev eth0; inside ip addr add 10.88.0.66/16 dev eth0; inside ip link set eth0 up")
                .shell(
                        "inside ip route add default via 10.88.0.1; outside ip addr add 10.99.0.2/24 dev eth0; outside ip link set eth0 up")
                .shell("echo 1 >/proc/sys/net/ipv4/ip_forward")
                .shell("echo out $(pings inside ping -c1 -W2 -I 10.88.0.5 10.99.0.2) # no way back but by masquerade")
                .shell("echo forged $(pings inside ping -c1 -W1 -I 10.88.0.66 10.88.0.1)")
                .shell(
                        "outside ip route add 10.88.0.0/16 via 10.99.0.1; echo unasked $(pings outside ping -c1 -W1 10.88.0.5)")
                .netfilter(BridgeFirewall.removeTable(ID))
                .shell("echo forged $(pings inside ping -c1 -W2 -I 10.88.0.66 10.88.0.1)")
                .shell("echo unasked $(pings outside ping -c1 -W2 10.88.0.5)");
        assertThat(network.run()).isEqualTo("""
                ok
                ok
                out yes
                forged no
                unasked no
                ok
                forged yes
                unasked yes
                """);
    }

    @Test
    void hostileNamesAreRefused() {
        for (String id : List.of("", "0badcaf", "0badcafe0", "0BADCAFE", "0badcaf\n", "../../..")) {
            assertThatThrownBy(() -> BridgeFirewall.tableName(id)).hasMessageContaining("eight lower-case hex digits");
        }
        for (String name : List.of("", "a/b", "sixteen-is-toolo", "a b", "a\"b", "a\0b", "..", "eth%d", "br\n")) {
            assertThatThrownBy(() -> Bridge.of(name, FIRST.subnet4())).hasMessageContaining("network interface");
        }
        assertThatThrownBy(() -> Bridge.of("b", IpPrefix.parse("fd00::/64"))).hasMessageContaining("IPv4 subnet first");
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = BridgeFirewallTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
