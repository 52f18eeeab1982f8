package io.wherry.kernel.caps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitySetTest {
    @Test
    void numbersAreTheKernels() {
        for (Capability capability : Capability.values()) {
            assertThat(Capability.ofNumber(capability.number())).isSameAs(capability);
        }
        assertThat(Capability.values()).hasSize(Capability.COUNT).endsWith(Capability.CHECKPOINT_RESTORE);
        assertThat(Capability.SYS_ADMIN.number()).isEqualTo(21);
        assertThat(Capability.NET_RAW.kernelName()).isEqualTo("CAP_NET_RAW");
    }

    @Test
    void dockersSpellingsAreRead() {
        assertThat(CapabilitySet.parse(List.of("net_raw", "CAP_SYS_ADMIN", "Cap_Kill")))
                .isEqualTo(CapabilitySet.of(Capability.NET_RAW, Capability.SYS_ADMIN, Capability.KILL));
        assertThat(CapabilitySet.parse(List.of("all"))).isEqualTo(CapabilitySet.ALL);
        for (String name : List.of("", "CAP_", "CAP_CAP_KILL", "NET RAW", "KILL\n", "ΚILL")) {
            assertThatThrownBy(() -> CapabilitySet.parse(List.of(name))).hasMessageContaining("There is no capability");
        }
    }

    @Test
    void defaultIsDockersFourteen() {
        assertThat(CapabilitySet.DEFAULT.mask()).isEqualTo(0xa80425fbL);
    }

    @Test
    void addAndDropFollowDockersOrder() {
        CapabilitySet base = CapabilitySet.DEFAULT;
        assertThat(base.adjust(List.of("KILL"), List.of("ALL"))).isEqualTo(CapabilitySet.of(Capability.KILL));
        assertThat(base.adjust(List.of("ALL"), List.of("KILL")).numbers())
                .hasSize(40)
                .doesNotContain(5);
        assertThat(base.adjust(List.of("KILL"), List.of("KILL"))).isEqualTo(base);
        assertThat(base.adjust(List.of("NET_ADMIN"), List.of("MKNOD")).contains(Capability.NET_ADMIN))
                .isTrue();
        assertThat(base.adjust(List.of(), List.of("MKNOD")).contains(Capability.MKNOD))
                .isFalse();
    }

    @Test
    void bitsOfNewerKernelsSurvive() {
        CapabilitySet newer = CapabilitySet.ofMask(1L << 60 | 1);
        assertThat(newer.numbers()).containsExactly(0, 60);
        assertThat(newer.kernelNames()).containsExactly("CAP_CHOWN");
        assertThat(CapabilitySet.ALL.containsAll(newer)).isFalse();
    }

    @Test
    void capsetTakesLowHalvesThenHighOnes() {
        CapabilitySet effective = CapabilitySet.of(Capability.CHOWN, Capability.BPF);
        byte[] data = CapabilitySet.capsetData(effective, CapabilitySet.ALL, CapabilitySet.NONE);
        assertThat(HexFormat.of().formatHex(CapabilitySet.capsetHeader())).isEqualTo("2205082000000000");
        assertThat(HexFormat.of().formatHex(data))
                .isEqualTo("01000000" + "ffffffff" + "00000000" + "80000000" + "ff010000" + "00000000");
    }
}
