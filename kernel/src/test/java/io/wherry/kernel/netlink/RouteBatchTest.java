package io.wherry.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The referee is {@code ip}, which prints what the kernel holds. */
class RouteBatchTest {
    private static final IpPrefix GATEWAY = IpPrefix.parse("10.88.0.1/16");
    private static final MacAddress MAC = MacAddress.derivedFrom(IpAddress.parse("10.88.0.5"));

    @TempDir
    Path folder;

    private RealNetwork network;

    @BeforeEach
    void compile() throws Exception {
        network = new RealNetwork(folder);
    }

    @Test
    void bridgeVethAndInsideMakeANetworkThatCarriesPackets() throws Exception {
        network.route(new RouteBatch()
                        .createBridge("wherry0", MacAddress.derivedFrom(GATEWAY.address()))
                        .setUp("wherry0")
                        .finish())
                .shell(
                        "test $(cat /sys/class/net/wherry0/ifindex 2>/dev/null || ip -o link show wherry0 | cut -d: -f1) = 2")
                .route(new RouteBatch()
                        .addAddress(2, GATEWAY)
                        .addAddress(2, IpPrefix.parse("fd00:88::1/64"))
                        .finish())
                .shell("unshare -n sleep 20 & pid=$!; trap 'kill $pid' EXIT")
                .shell("while [ $(readlink /proc/$pid/ns/net) = $(readlink /proc/self/ns/net) ]; do :; done")
                .shell("exec 9</proc/$pid/ns/net")
                .route(new RouteBatch()
                        .createVeth(Veth.of("whv-0123456789a", 9)
                                .withHostIndex(77)
                                .withMaster(2)
                                .withMtu(1400)
                                .withPeerAddress(MAC))
                        .finish())
                .routeBehind(
                        "nsenter --net=/proc/$pid/ns/net",
                        new RouteBatch()
                                .setUp(RouteBatch.LOOPBACK)
                                .addAddress(2, IpPrefix.parse("10.88.0.5/16"))
                                .addAddress(2, IpPrefix.parse("fd00:88::5/64"))
                                .setUp(2)
                                .addDefaultRoute(GATEWAY.address(), 2)
                                .addDefaultRoute(IpAddress.parse("fd00:88::1"), 2)
                                .finish())
                .shell(
                        "ip -o link show dev whv-0123456789a | sed 's/@.*<BROADCAST.*LOWER_UP> / /; s/qdisc.*master/master/; s/ state.*//'")
                .shell("n() { nsenter --net=/proc/$pid/ns/net \"$@\"; }")
                .shell(
                        "n ip -br link | sed 's/@if[0-9]*//' | tr -s ' '; n ip -br addr | sed 's/@if[0-9]*//; s/fe80[^ ]*//' | tr -s ' '")
                .shell("n ip route; n ip -6 route show default | tr -s ' '")
                .shell("n ip -4 -o addr show dev eth0 | grep -o 'brd [^ ]*'")
                .shell("n ping -q -c1 -W2 10.88.0.1 | grep -o '1 received'");
        assertThat(network.run().replaceAll(" +\n", "\n")).isEqualTo("""
                ok
                ok
                ok
                ok
                77: whv-0123456789a mtu 1400 master wherry0
                lo UNKNOWN 00:00:00:00:00:00 <LOOPBACK,UP,LOWER_UP>
                eth0 UP 02:42:0a:58:00:05 <BROADCAST,MULTICAST,UP,LOWER_UP>
                lo UNKNOWN 127.0.0.1/8 ::1/128
                eth0 UP 10.88.0.5/16 fd00:88::5/64
                default via 10.88.0.1 dev eth0 proto static
                10.88.0.0/16 dev eth0 proto kernel scope link src 10.88.0.5
                default via fd00:88::1 dev eth0 proto static metric 1024 pref medium
                brd 10.88.255.255
                1 received
                """);
    }

    @Test
    void aBridgeMayHaveAChosenIndex() throws Exception {
        MacAddress address = MacAddress.derivedFrom(GATEWAY.address());
        network.route(new RouteBatch()
                        .createBridge("wherry0", 0x4badcafe, address)
                        .finish())
                .shell("ip -o link show wherry0 | cut -d: -f1")
                .route(new RouteBatch()
                        .createBridge("wherry0", 0x4badcafe, address)
                        .finish())
                .route(new RouteBatch()
                        .createBridge("wherry0", 0x4badcaff, address)
                        .finish())
                .route(new RouteBatch()
                        .createBridge("wherry1", 0x4badcafe, address)
                        .finish());
        assertThat(network.run())
                .isEqualTo("ok\n" + 0x4badcafe + "\nmessage 1: errno 17\nmessage 1: errno 17\nmessage 1: errno 17\n");
        assertThatThrownBy(() -> new RouteBatch().createBridge("wherry0", 0, address))
                .hasMessageContaining("at least 1");
    }

    @Test
    void linksAreFoundAndDeletedByName() throws Exception {
        network.route(new RouteBatch()
                        .createBridge("wherry0", MacAddress.derivedFrom(GATEWAY.address()))
                        .finish())
                .route(new RouteBatch().getLink("wherry0").finish())
                .route(new RouteBatch().deleteLink("wherry0").finish())
                .route(new RouteBatch().deleteLink("wherry0").finish())
                .route(new RouteBatch().getLink("wherry0").finish());
        assertThat(network.run()).isEqualTo("ok\nok\nok\nmessage 1: errno 19\nmessage 1: errno 19\n");
        Replies found = Replies.parse(network.replies(1));
        assertThat(found.linkIndex()).hasValue(2);
        assertThat(found.acks()).isEqualTo(1);
        assertThat(found.errno()).isZero();
        Replies missing = Replies.parse(network.replies(4));
        assertThat(missing.linkIndex()).isEmpty();
        assertThat(missing.errno()).isEqualTo(19);
        assertThat(missing.failedMessage()).isEqualTo(1);
    }

    @Test
    void firstErrorIsReportedWithItsMessageAndTheKernelsWords() throws Exception {
        network.route(new RouteBatch()
                .setUp(RouteBatch.LOOPBACK)
                .setMaster(RouteBatch.LOOPBACK, 4711)
                .addDefaultRoute(IpAddress.parse("192.0.2.1"), RouteBatch.LOOPBACK)
                .finish());
        assertThat(network.run()).startsWith("message 2: errno ");
        Replies replies = Replies.parse(network.replies(0));
        assertThat(replies.acks()).isEqualTo(1);
        assertThat(replies.failedMessage()).isEqualTo(2);
    }

    @Test
    void kernelsWordsAreRead() throws Exception {
        network.route(new RouteBatch()
                .setUp(RouteBatch.LOOPBACK)
                .addDefaultRoute(IpAddress.parse("192.0.2.1"), RouteBatch.LOOPBACK)
                .finish());
        assertThat(network.run()).isEqualTo("message 2: errno 101\n");
        assertThat(Replies.parse(network.replies(0)).text()).isEqualTo("Nexthop has invalid gateway");
    }

    @Test
    void bytesOfALinkMessageAreThoseOfTheSpecification() {
        Batch batch = new RouteBatch().setUp("lo").setUp(1).finish();
        assertThat(batch.acks()).isEqualTo(2);
        assertThat(HexFormat.of().formatHex(batch.bytes()))
                .isEqualTo("28000000" + "1000" + "0500" + "01000000" + "00000000"
                        + "00000000" + "00000000" + "01000000" + "01000000" + "0700" + "0300" + "6c6f00" + "00"
                        + "20000000" + "1000" + "0500" + "02000000" + "00000000"
                        + "00000000" + "01000000" + "01000000" + "01000000");
    }

    @Test
    void hostileArgumentsAreRefused() {
        for (String name : List.of("", "sixteen-is-toolo", "a/b", "..", "eth%d", "a b", "ä", "x\0y")) {
            assertThatThrownBy(() -> new RouteBatch().setUp(name)).hasMessageContaining("network interface");
        }
        assertThatThrownBy(() -> new RouteBatch().setUp(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> Veth.of("v", -1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> Veth.of("v", 3).withMtu(67)).hasMessageContaining("68 to 65535");
        assertThatThrownBy(() -> MacAddress.of(new byte[] {1, 0, 0, 0, 0, 1})).hasMessageContaining("Ethernet");
    }

    @Test
    void batchIsBounded() {
        RouteBatch batch = new RouteBatch();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        batch.setUp("lo");
                    }
                })
                .hasMessageContaining("must not exceed");
        MessageWriter writer = new MessageWriter().begin(1, 0);
        assertThatThrownBy(() -> writer.attribute(1, new byte[65_536])).hasMessageContaining("16 bits");
        assertThatThrownBy(() -> writer.u8(256)).hasMessageContaining("8 bits");
    }

    @Test
    void truncatedAndLyingAnswersAreRefused() {
        byte[] answer = new byte[36];
        answer[0] = 36;
        answer[4] = 2;
        answer[7] = 2;
        assertThat(Replies.parse(answer).acks()).isEqualTo(1);
        for (int length = 1; length < 36; length++) {
            byte[] cut = java.util.Arrays.copyOf(answer, length);
            assertThatThrownBy(() -> Replies.parse(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int bit = 0; bit < answer.length * 8; bit++) {
            byte[] bent = answer.clone();
            bent[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                Replies.parse(bent);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("malformed");
            }
        }
    }
}
