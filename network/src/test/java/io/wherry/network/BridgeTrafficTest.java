package io.wherry.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.program.KernelProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs with the bridge's steps, run by the real pilot on a host of our own: a network namespace. */
class BridgeTrafficTest {
    private static final String ONE = "1".repeat(64);
    private static final String TWO = "2".repeat(64);
    private static final String NOTHING_LEFT = "leases 0\nveths 0\nelements 0\n";

    @TempDir
    Path folder;

    private Path root;
    private BridgeNetwork network;
    private RealPilot pilot;

    @BeforeEach
    void settle() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "the bridge is for system root");
        root = folder.resolve("root");
        new NetworkFile(root.resolve("networks"), "bridge").settle(IpPrefix.parse("10.200.16.0/20"));
        network = BridgeNetwork.open(root);
        pilot = new RealPilot(folder);
        String bridge = network.bridge();
        pilot.shell("bridge=" + bridge + " table=wherry-" + bridge.substring(3) + " d=" + folder)
                .shell(
                        "elements() { nft list table inet $table 2>/dev/null | grep -o '10\\.200\\.1[67]\\.[0-9.]*\\|10\\.200\\.[123][0-9]\\.[0-9.]*' | grep -vc '\\.16\\.0$'; }")
                .shell("leases() { ls -A $d/root/networks/bridge/leases | wc -l; }")
                .shell("veths() { ip -o link | grep -c whv; }")
                .shell(
                        "left() { waits '[ $(veths) = 0 ]'; echo leases $(leases); echo veths $(veths); echo elements $(elements); }")
                .shell("ping() { command ping -n -c1 -W2 \"$@\" >/dev/null 2>&1 && echo yes || echo no; }");
    }

    /** A program whose container makes the file {@code upN} once it is on the network, and stays. */
    private Path staying(String id) throws IOException {
        return container(id, "touch " + folder + "/up" + id.charAt(0) + "; exec sleep 300");
    }

    private Path container(String id, String command) throws IOException {
        return pilot.container(
                id.substring(0, 1), network.attachment(network.claim(id), id), network.parameters(), command);
    }

    private String address(String id) {
        return network.claim(id).address().toString();
    }

    @Test
    void containersReachTheirGatewayEachOtherAndTheOutside() throws IOException {
        Path server = staying(ONE);
        Path client = container(
                TWO,
                "exec >" + folder + "/seen 2>&1; t() { ping -n -c1 -W2 $1 >/dev/null && echo $2; }; t "
                        + network.gateway()
                        + " gateway; t " + address(ONE) + " neighbour; t 203.0.113.2 outside; t 127.0.0.1 loopback;"
                        + " cat /sys/class/net/none 2>/dev/null; ip -o link show eth0; ip -o addr; ip route");
        pilot.shell("unshare -n sleep 300 & out=$!; waits '! cmp -s /proc/$out/ns/net /proc/$$/ns/net'; sleep 0.3")
                .shell(
                        "ip link add uplink up mtu 1400 type veth peer name eth0 netns $out; ip addr add 203.0.113.1/24 dev uplink")
                .shell("outside() { nsenter --net=/proc/$out/ns/net \"$@\"; }")
                .shell("outside ip addr add 203.0.113.2/24 dev eth0; outside ip link set eth0 up")
                .shell("pilot " + server + " & waits '[ -e $d/up1 ]'")
                .shell("pilot " + client)
                .shell(
                        "grep -o '^[a-z]*$\\|^2: eth0.*mtu [0-9]*\\|link/ether 02:42:[^ ]*\\|inet [0-9./]*\\|inet6 [^ ]*\\|^default.*eth0' $d/seen")
                .shell("outside ip route add 10.200.16.0/20 via 203.0.113.1")
                .shell("echo unasked $(outside ping -c1 -W1 " + address(ONE) + " >/dev/null && echo yes || echo no)")
                .shell("ip -o -6 addr show dev $bridge; ip -o -6 addr | grep whv; cat /proc/sys/net/ipv4/ip_forward");
        byte[] own = network.claim(TWO).address().bytes();
        String mac = "%02x:%02x:%02x:%02x".formatted(own[0], own[1], own[2], own[3]);
        assertThat(pilot.run().replaceAll("eth0@if\\d+", "eth0"))
                .isEqualTo("""
                ok
                gateway
                neighbour
                outside
                loopback
                2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500
                link/ether 02:42:MAC
                inet 127.0.0.1/8
                inet6 ::1/128
                inet ADDRESS/20
                default via 10.200.16.1 dev eth0
                unasked no
                1
                """.replace("MAC", mac).replace("ADDRESS", address(TWO)));
    }

    @Test
    void aForgedSourceGoesNowhere() throws IOException {
        Path program = container(
                ONE,
                "ip addr add 10.200.31.250/20 dev eth0; exec >" + folder + "/seen; for a in " + address(ONE)
                        + " 10.200.31.250; do ping -n -c1 -W1 -I $a " + network.gateway()
                        + " >/dev/null && echo yes || echo no; done");
        pilot.shell("pilot " + program + "; cat $d/seen");
        assertThat(pilot.run()).isEqualTo("ok\nyes\nno\n");
    }

    @Test
    void sweepLeavesBridgeAndTableAndTheSameProgramStartsAgain() throws IOException {
        Path program = container(ONE, "true");
        pilot.shell("for i in $(seq 10); do pilot " + program + "; done | sort | uniq -c | tr -s ' '")
                .shell("pilot " + program + " strand 7; left; pilot " + program + " strand 7")
                .shell("pilot " + program + "; echo leases $(leases) elements $(elements); pilot " + program
                        + " strand 7; left")
                .shell("ip -o link | grep -c ' '$bridge:; nft list tables | grep -c $table");
        assertThat(pilot.run())
                .isEqualTo(
                        " 10 ok\nok\n" + NOTHING_LEFT + "ok\nok\nleases 1 elements 1\nok\n" + NOTHING_LEFT + "1\n1\n");
    }

    @Test
    void aRepeatedSweepTakesNothingFromTheNextHolder() throws IOException {
        Path first = container(ONE, "true");
        String place = "$d/root/networks/bridge/leases/" + address(ONE);
        pilot.shell("pilot " + first + "; pilot " + first + " strand 7")
                .shell("mkdir " + place + "; touch " + place + "/" + TWO)
                .shell("nft add element inet $table addresses-$bridge { " + address(ONE) + " }")
                .shell("pilot " + first + " strand 7; ls " + place + "; elements")
                // And a start of the first must not share the address.
                .shell("pilot " + first + "; veths; ls -A " + place + "; pilot " + first + " strand 7; leases");
        assertThat(pilot.run())
                .isEqualTo("ok\nok\nok\n" + TWO + "\n1\nstrand 0 step 3 op 1 errno 39\n0\n" + TWO + "\nok\n1\n");
    }

    @Test
    void theNextStartRepairsWhatOthersBroke() throws IOException {
        Path one = staying(ONE);
        Path two = container(TWO, "true");
        String[] damages = {
            "nft flush ruleset",
            "nft flush table inet $table",
            "nft delete table inet $table",
            "ip link set $bridge down",
            "ip addr flush dev $bridge",
            "echo 0 >/proc/sys/net/ipv4/ip_forward"
        };
        StringBuilder expected = new StringBuilder("yes\n");
        pilot.shell("pilot " + one + " & waits '[ -e $d/up1 ]'; ping " + address(ONE))
                .shell("rules() { nft -s list table inet $table | grep -v elements; }");
        for (String damage : damages) {
            pilot.shell(damage + "; pilot " + two)
                    .shell("ping " + address(ONE)
                            + "; elements; rules | grep -c 'drop\\|masq'; cat /proc/sys/net/ipv4/ip_forward");
            expected.append("ok\nyes\n2\n5\n1\n");
        }
        assertThat(pilot.run()).isEqualTo(expected.toString());
    }

    @Test
    void aBridgeThatIsNoLongerThereIsMadeAgain() throws IOException {
        Path one = container(ONE, "ping -n -c1 -W2 " + network.gateway() + " >" + folder + "/seen");
        pilot.shell("pilot " + one + "; ip link del $bridge; pilot " + one + "; ip -o link show $bridge | cut -d: -f1");
        assertThat(pilot.run()).isEqualTo("ok\nok\n" + network.bridgeIndex() + "\n");
    }

    @Test
    void aForeignInterfaceWithOurIndexIsNotTouched() throws IOException {
        Path one = container(ONE, "true");
        pilot.shell("ip link add stranger index " + network.bridgeIndex() + " type bridge; ip -o addr >$d/before")
                .shell("pilot " + one + "; ip -o addr | cmp - $d/before && veths; pilot " + one + " strand 7");
        assertThat(pilot.run()).startsWith("strand 0 step 8 op 6 errno 19").endsWith("\n0\nok\n");
    }

    @Test
    void manyMakeTheBridgeAtOnceAndOneDoes() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            String id = Integer.toString(i).repeat(64);
            all.append("pilot ").append(staying(id)).append(" & ");
        }
        pilot.shell(all.toString())
                .shell("waits '[ $(ls $d/up* 2>/dev/null | wc -l) = 8 ]'; ls $d/up* | wc -l; elements; veths; leases")
                .shell("ip -o link show master $bridge | wc -l; ip -o -4 addr show dev $bridge | wc -l");
        assertThat(pilot.run()).isEqualTo("8\n8\n8\n8\n8\n1\n");
    }

    @Test
    void removalLeavesNothing() throws IOException {
        Path program = container(ONE, "true");
        Path removal = pilot.program("removal", network.removal().compile(0));
        pilot.shell("ip -o link >$d/before")
                .shell("pilot " + program + "; pilot " + program + " strand 7; waits '[ $(veths) = 0 ]'")
                .shell("pilot " + removal + "; pilot " + removal)
                .shell("ip -o link | cmp - $d/before; nft list ruleset; ls -A $d/root/networks");
        assertThat(pilot.run()).isEqualTo("ok\nok\nok\nok\n");
    }

    @Test
    void noNetworkStillHasALoopbackInterface() throws IOException {
        Path program = pilot.container(
                "n", new LoopbackNetwork(), network.parameters(), "ping -n -c1 -W2 127.0.0.1 >" + folder + "/seen");
        pilot.shell("pilot " + program);
        assertThat(pilot.run()).isEqualTo("ok\n");
    }

    /** Dies, and fails, at each instruction of the attachment; a sample of them unless WHERRY_ALL is set. */
    @Test
    void whereverAStartEndsTheSweepCleansUp() throws IOException {
        Path whole = container(ONE, "true");
        KernelProgram program = KernelProgram.parse(Files.readAllBytes(whole));
        int step = System.getenv("WHERRY_ALL") == null ? 5 : 1;
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < program.first(7); i += step) {
            for (int what = 1; what <= 2; what++) {
                Path broken = pilot.program("broken", program.withTest(what, i, 12));
                Path kept = Files.move(broken, folder.resolve("broken" + i + "-" + what));
                pilot.shell("pilot " + kept + " >/dev/null; pilot " + whole + " strand 7 || echo at " + i + "; left");
                expected.append("ok\n").append(NOTHING_LEFT);
            }
        }
        // An interrupted sweep, repeated.
        for (int i = program.first(7); i < program.size(); i++) {
            Path broken = pilot.program("sweep" + i, program.withTest(1, i, 0));
            pilot.shell("pilot " + whole + " >/dev/null; pilot " + broken + " strand 7 >/dev/null; pilot " + whole
                    + " strand 7 || echo at " + i + "; left");
            expected.append("ok\n").append(NOTHING_LEFT);
        }
        assertThat(pilot.run()).isEqualTo(expected.toString());
    }
}
