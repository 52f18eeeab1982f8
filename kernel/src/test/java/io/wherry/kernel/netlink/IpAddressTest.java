package io.wherry.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.oci.WherryException;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IpAddressTest {
    @Test
    void textOfRandomAddressesIsReadBackAndAgreesWithTheJdk() throws Exception {
        Random random = new Random(6);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = random.nextInt(3) > 0 ? 0 : bytes[j];
            }
            // The JDK turns ::ffff:a.b.c.d into IPv4.
            if (bytes.length == 16) {
                bytes[0] = (byte) 0xfd;
            }
            IpAddress address = IpAddress.of(bytes);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(InetAddress.ofLiteral(address.toString()).getAddress()).isEqualTo(bytes);
        }
    }

    @Test
    void shortFormsAreRead() {
        assertThat(IpAddress.parse("::")).hasToString("::");
        assertThat(IpAddress.parse("::1")).hasToString("::1");
        assertThat(IpAddress.parse("FE80::")).hasToString("fe80::");
        assertThat(IpAddress.parse("1:0:0:2:0:0:0:3")).hasToString("1:0:0:2::3");
        assertThat(IpAddress.parse("1:2:3:4:5:6:7:8")).hasToString("1:2:3:4:5:6:7:8");
        assertThat(IpAddress.parse("1::2:3:4:5:6:7")).hasToString("1:0:2:3:4:5:6:7");
    }

    @Test
    void everythingElseIsRefused() {
        for (String text : List.of(
                "",
                ".",
                "1.2.3",
                "1.2.3.4.",
                "1.2.3.4.5",
                "01.2.3.4",
                "256.1.1.1",
                "1..2.3",
                "0x1.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "-1.2.3.4",
                "1.2.3.٤",
                "1.2.3.1000",
                ":",
                ":::",
                "1:",
                ":1",
                "1::2::3",
                "12345::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8",
                "fe80::1%eth0",
                "::1.2.3.4",
                "g::",
                "1:2:3:4:5:6:7:",
                "::1:")) {
            assertThatThrownBy(() -> IpAddress.parse(text)).as(text).hasMessageContaining("not an IP address");
        }
        for (String text : List.of(
                "10.0.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/08",
                "10.0.0.0/-1",
                "::/129",
                "10.0.0.0/4294967296",
                "/8",
                "10.0.0.0/8/8")) {
            assertThatThrownBy(() -> IpPrefix.parse(text)).as(text).isInstanceOf(WherryException.class);
        }
    }

    @Test
    void prefixesCutAtAnyBit() {
        IpPrefix prefix = IpPrefix.parse("10.88.77.5/22");
        assertThat(prefix.network()).hasToString("10.88.76.0/22");
        assertThat(prefix.broadcast()).hasToString("10.88.79.255");
        assertThat(prefix.contains(IpAddress.parse("10.88.79.1"))).isTrue();
        assertThat(prefix.contains(IpAddress.parse("10.88.80.1"))).isFalse();
        assertThat(prefix.contains(IpAddress.parse("::1"))).isFalse();
        assertThat(IpPrefix.parse("1.2.3.4/0").network()).hasToString("0.0.0.0/0");
        assertThat(IpPrefix.parse("1.2.3.4/32").network()).hasToString("1.2.3.4/32");
        assertThat(IpPrefix.parse("fd00::ffff/127").network()).hasToString("fd00::fffe/127");
    }

    @Test
    void addressesDeriveAStableMac() {
        assertThat(MacAddress.derivedFrom(IpAddress.parse("10.88.0.5"))).hasToString("02:42:0a:58:00:05");
    }
}
