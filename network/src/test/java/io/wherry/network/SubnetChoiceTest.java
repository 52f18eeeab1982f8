package io.wherry.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubnetChoiceTest {
    @TempDir
    Path proc;

    private static List<IpPrefix> prefixes(String... texts) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : texts) {
            prefixes.add(IpPrefix.parse(text));
        }
        return prefixes;
    }

    @Test
    void avoidsWhatTheHostHasRoutesFor() {
        assertThat(SubnetChoice.choose(3, prefixes())).hasToString("10.192.48.0/20");
        assertThat(SubnetChoice.choose(3, prefixes("10.192.50.7/32"))).hasToString("10.192.64.0/20");
        assertThat(SubnetChoice.choose(3, prefixes("10.192.0.0/16"))).hasToString("10.193.0.0/20");
        assertThat(SubnetChoice.choose(-1, prefixes("10.207.255.0/24"))).hasToString("10.192.0.0/20");
        assertThat(SubnetChoice.choose(3, prefixes("10.0.0.0/8"))).hasToString("172.20.48.0/20");
        assertThat(SubnetChoice.choose(3, prefixes("10.0.0.0/8", "172.16.0.0/12")))
                .hasToString("192.168.176.0/20");
        assertThatThrownBy(() -> SubnetChoice.choose(3, prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("no free subnet");
    }

    @Test
    void everySubnetOfTheFirstRangeIsReached() {
        List<IpPrefix> occupied = new ArrayList<>();
        Set<String> chosen = new HashSet<>();
        for (int i = 0; i < 256; i++) {
            IpPrefix subnet = SubnetChoice.choose(77, occupied);
            assertThat(IpPrefix.parse("10.192.0.0/12").contains(subnet.address()))
                    .isTrue();
            occupied.add(subnet);
            chosen.add(subnet.toString());
        }
        assertThat(chosen).hasSize(256);
    }

    @Test
    void readsEveryRoutingTable() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("net/fib_trie"), """
                Id 100:
                  +-- 0.0.0.0/0 2 0 2
                     |-- 0.0.0.0
                        /1 universe UNICAST
                     |-- 10.196.0.0
                        /14 universe BLACKHOLE
                Main:
                  +-- 0.0.0.0/0 3 0 5
                     |-- 0.0.0.0
                        /0 universe UNICAST
                        /8 universe UNICAST
                     +-- 192.0.2.0/24 2 0 2
                        |-- 192.0.2.2
                           /32 host LOCAL
                """);
        assertThat(new HostNetwork(proc).occupied()).hasToString("[10.196.0.0/14, 0.0.0.0/8, 192.0.2.2/32]");
    }

    @Test
    void aKernelThatDoesNotTellItsRoutesIsNamed() {
        assertThatThrownBy(() -> new HostNetwork(proc).occupied())
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("fib_trie");
    }

    @Test
    void theUplinkIsTheDefaultRouteWithTheLeastMetric() throws IOException {
        Files.createDirectories(proc.resolve("net"));
        assertThat(new HostNetwork(proc).uplinkMtu()).isEqualTo(1500);
        Files.writeString(proc.resolve("net/route"), """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \t
                wlan0\t00000000\t010200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0   \t
                eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0   \t
                tun0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0   \t
                """);
        assertThat(new HostNetwork(proc).uplinkMtu()).isEqualTo(1500);
        Files.createDirectories(proc.resolve("sys/net/ipv6/conf/eth0"));
        Files.writeString(proc.resolve("sys/net/ipv6/conf/eth0/mtu"), "1420\n");
        assertThat(new HostNetwork(proc).uplinkMtu()).isEqualTo(1420);
        Files.writeString(proc.resolve("sys/net/ipv6/conf/eth0/mtu"), "999999999999999999999\n");
        assertThat(new HostNetwork(proc).uplinkMtu()).isEqualTo(65535);
    }

    @Test
    void indexTwoIsLeftToTunnelsThatTheKernelMakesFirst() throws IOException {
        assertThat(new HostNetwork(proc).indexInside()).isEqualTo(2);
        Files.createDirectories(proc.resolve("sys/net/ipv4/conf/sit0"));
        assertThat(new HostNetwork(proc).indexInside()).isEqualTo(100);
        Files.createDirectories(proc.resolve("sys/net/core"));
        Files.writeString(proc.resolve("sys/net/core/fb_tunnels_only_for_init_net"), "1\n");
        assertThat(new HostNetwork(proc).indexInside()).isEqualTo(2);
    }
}
