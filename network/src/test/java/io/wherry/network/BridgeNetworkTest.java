package io.wherry.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.Step;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgeNetworkTest {
    private static final String ID = "abcdef012345".repeat(6).substring(0, 64);

    @TempDir
    Path folder;

    private Path root;
    private HostNetwork host;

    @BeforeEach
    void emptyHost() throws IOException {
        root = folder.resolve("root");
        Files.createDirectories(folder.resolve("proc/net"));
        Files.writeString(folder.resolve("proc/net/fib_trie"), "Main:\n");
        host = new HostNetwork(folder.resolve("proc"));
    }

    private static String describe(NetworkAttachment attachment) {
        Plan plan = new Plan();
        Slot namespace = plan.slot("network namespace");
        attachment.pilot(plan, 0, namespace);
        attachment.inside(plan, 1);
        attachment.sweep(plan, 7);
        StringBuilder text = new StringBuilder();
        for (int strand : new int[] {0, 1, 7}) {
            for (Step step : plan.steps(strand)) {
                text.append(strand).append(' ').append(step.describe()).append('\n');
            }
        }
        return text.toString();
    }

    @Test
    void stepsReadLikeThis() {
        new NetworkFile(root.resolve("networks"), "bridge").settle(IpPrefix.parse("10.200.16.0/20"));
        BridgeNetwork network = BridgeNetwork.open(root, host, true);
        Lease lease = network.preview(ID);
        String text = describe(network.attachment(lease, ID))
                .replace(network.bridge(), "wh-XXXXXXXX")
                .replace(network.id(), "XXXXXXXX")
                .replace(root.toString(), "ROOT");
        assertThat(text).isEqualTo("""
                0 hold the lease of the address <lease>
                0 set the host's kernel parameter net/ipv4/ip_forward = 1
                0 netlink socket -> links
                0 make the bridge wh-XXXXXXXX, unless it is there
                0 set the host's kernel parameter net/ipv6/conf/wh-XXXXXXXX/disable_ipv6 = 1, if it has it
                0 bring the bridge wh-XXXXXXXX up
                0 give it the address 10.200.16.1/20, unless it has it
                0 netlink socket -> firewall
                0 apply the rules of table wherry-XXXXXXXX and admit <lease>
                0 remove the interface whvabcdef012345 of an earlier start
                0 make whvabcdef012345 on the bridge and eth0 in the network namespace
                0 set the host's kernel parameter net/ipv6/conf/whvabcdef012345/disable_ipv6 = 1, if it has it
                1 netlink socket -> links inside
                1 bring lo up, and eth0 with <lease>/20 and the default route by 10.200.16.1
                7 take <lease> out of the firewall and return its lease
                7 remove .ID from ROOT/networks/bridge/leases
                """.replace("ID", ID));
        assertThat(root.resolve("networks/bridge")).doesNotExist();
    }

    @Test
    void explainAndRunCompileTheSameProgramForTheSameLease() {
        BridgeNetwork network = BridgeNetwork.open(root, host, true);
        Lease shown = network.preview(ID);
        byte[] explained = program(network.attachment(shown, ID));
        Lease taken = network.claim(ID);
        assertThat(program(network.attachment(taken, ID))).isEqualTo(explained);
        assertThat(program(network.attachment(network.lease(taken.address().toString()), ID)))
                .isEqualTo(explained);
        assertThat(describe(network.attachment(taken, ID))).contains("the address " + taken.address() + "\n");
    }

    private static byte[] program(NetworkAttachment attachment) {
        Plan plan = new Plan();
        attachment.sweep(plan, 7);
        Slot namespace = plan.slot("namespace");
        plan.add(0, new io.wherry.kernel.step.OpenFolder("/proc/self/ns", namespace));
        attachment.pilot(plan, 0, namespace);
        return plan.compile(0).bytes();
    }

    @Test
    void theSubnetIsChosenOnceWhoeverComesFirst() throws Exception {
        assertThat(BridgeNetwork.open(root, host, false).subnet().toString()).endsWith("/20");
        assertThat(root).doesNotExist();
        List<Future<String>> opened = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                IpPrefix own = IpPrefix.parse("10.200." + 16 * i + ".0/20");
                opened.add(threads.submit(() -> new NetworkFile(root.resolve("networks"), "bridge")
                        .settle(own)
                        .toString()));
            }
            for (Future<String> one : opened) {
                assertThat(one.get()).isEqualTo(opened.get(0).get());
            }
        }
        assertThat(BridgeNetwork.open(root, host, true).subnet())
                .hasToString(opened.get(0).get());
        assertThat(root.resolve("networks").toFile().list()).containsExactly("bridge.json");
    }

    @Test
    void aNetworkFileThatCannotBeUsedIsNamed() throws IOException {
        Path file = root.resolve("networks/bridge.json");
        Files.createDirectories(root.resolve("networks"));
        for (String content : List.of(
                "",
                "{",
                "[]",
                "{\"version\":1}",
                "{\"version\":1,\"subnet\":\"10.0.0.1/20\"}",
                "{\"version\":1,\"subnet\":\"10.0.0.0/31\"}",
                "{\"version\":1,\"subnet\":\"0.0.0.0/0\"}",
                "{\"version\":1,\"subnet\":\"fd00::/64\"}",
                "{\"version\":1,\"subnet\":7}")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> BridgeNetwork.open(root, host, true))
                    .as(content)
                    .isInstanceOfSatisfying(
                            WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.CORRUPT))
                    .hasMessageContaining(file.toString());
        }
        Files.writeString(file, "{\"version\":2,\"subnet\":\"10.0.0.0/20\"}");
        assertThatThrownBy(() -> BridgeNetwork.open(root, host, true))
                .isInstanceOfSatisfying(
                        WherryException.class, e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.UNSUPPORTED));
        Files.delete(file);
        Files.createSymbolicLink(file, root.resolve("elsewhere"));
        assertThatThrownBy(() -> BridgeNetwork.open(root, host, true)).hasMessageContaining("small regular file");
    }

    @Test
    void aLeaseOfAnotherSubnetIsRefused() {
        BridgeNetwork network = BridgeNetwork.open(root, host, true);
        assertThatThrownBy(() -> network.lease("192.0.2.1")).hasMessageContaining("is not of the subnet");
        assertThatThrownBy(() -> network.lease("../../x")).isInstanceOf(WherryException.class);
    }

    @Test
    void rootsDifferInNameIndexAndSubnet() {
        BridgeNetwork one = BridgeNetwork.open(Path.of("/var/lib/wherry"), host, false);
        BridgeNetwork other = BridgeNetwork.open(Path.of("/srv/wherry"), host, false);
        assertThat(one.bridge()).isEqualTo("wh-" + one.id()).hasSize(11).isNotEqualTo(other.bridge());
        assertThat(one.bridgeIndex()).isPositive().isNotEqualTo(other.bridgeIndex());
        assertThat(one.subnet()).isNotEqualTo(other.subnet());
        assertThat(RootId.text(0x0badcafe)).isEqualTo("0badcafe");
    }

    @Test
    void ipv6IsTurnedOffInsideWhereThereIsAny() throws IOException {
        BridgeNetwork network = BridgeNetwork.open(root, host, true);
        assertThat(network.parameters()).isEmpty();
        Files.createDirectories(folder.resolve("proc/sys/net/ipv6/conf/all/disable_ipv6"));
        assertThat(network.parameters().keySet())
                .containsExactly("net.ipv6.conf.all.disable_ipv6", "net.ipv6.conf.lo.disable_ipv6");
    }
}
