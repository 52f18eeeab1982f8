package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    private static final String V2 = "fpu cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3";
    private static final String V3 = V2 + " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave";
    private static final String V4 = V3 + " avx512f avx512bw avx512cd avx512dq avx512vl";

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "Linux/X86_64, linux/amd64",
        "linux/amd64/v1, linux/amd64",
        "linux/amd64/3, linux/amd64/v3",
        "linux/i386, linux/386",
        "linux/aarch64, linux/arm64",
        "linux/arm64/v8, linux/arm64",
        "linux/arm64/8, linux/arm64",
        "linux/arm64/v9.0, linux/arm64/v9",
        "linux/arm, linux/arm/v7",
        "linux/arm/6, linux/arm/v6",
        "linux/armhf, linux/arm/v7",
        "linux/armel, linux/arm/v6",
        "arm64, linux/arm64",
        "macos/arm64, darwin/arm64",
        "linux/riscv64, linux/riscv64",
    })
    void normalisesAsContainerd(String text, String normal) {
        assertThat(Platform.parse(text)).hasToString(normal);
        assertThat(Platform.parse(normal)).hasToString(normal);
    }

    @Test
    void aSystemAloneMeansThisCpu() {
        assertThat(Platform.parse("linux").sameAs(Platform.host())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "linux/", "/amd64", "linux/amd64/v1/x", "vax", "linux/a b", "linux/../x"})
    void refusesOtherWords(String text) {
        assertThatThrownBy(() -> Platform.parse(text)).isInstanceOf(WherryException.class);
    }

    @Test
    void aCpuTakesItsOwnLevelFirst() {
        assertThat(order("amd64", V4))
                .isEqualTo("[linux/amd64/v4, linux/amd64/v3, linux/amd64/v2, linux/amd64, linux/386]");
        assertThat(order("amd64", V3)).isEqualTo("[linux/amd64/v3, linux/amd64/v2, linux/amd64, linux/386]");
        assertThat(order("amd64", V3.replace(" fma", ""))).isEqualTo("[linux/amd64/v2, linux/amd64, linux/386]");
        assertThat(order("amd64", V2.replace(" pni", "") + V4.substring(V2.length())))
                .isEqualTo("[linux/amd64, linux/386]");
        assertThat(order("arm64", ""))
                .isEqualTo("[linux/arm64, linux/arm/v8, linux/arm/v7, linux/arm/v6, linux/arm/v5]");
        assertThat(order("riscv64", "")).isEqualTo("[linux/riscv64]");
    }

    @Test
    void eachFlagCounts() {
        for (String flag : V4.substring("fpu ".length()).split(" ", -1)) {
            String without = (" " + V4 + " ").replace(" " + flag + " ", " ").trim();
            assertThat(order("amd64", without)).as(flag).doesNotContain("v4");
        }
    }

    private static String order(String architecture, String flags) {
        Platform cpu = new Platform("linux", architecture);
        return PlatformPreference.host(cpu, PlatformPreference.cpuFlags("processor: 0\nflags\t\t: " + flags + "\n"))
                .order()
                .toString();
    }

    @Test
    void anExplicitPlatformTakesLowerVariantsOnly() {
        PlatformPreference v6 = PlatformPreference.of(Platform.parse("linux/arm/v6"));
        assertThat(v6.rank(Platform.parse("linux/arm/v6"))).isZero();
        assertThat(v6.rank(Platform.parse("linux/arm/v5"))).isEqualTo(1);
        assertThat(v6.rank(Platform.parse("linux/arm/v7"))).isEqualTo(-1);
        PlatformPreference amd64 = PlatformPreference.of(Platform.parse("linux/amd64"));
        assertThat(amd64.rank(Platform.parse("linux/386"))).isEqualTo(-1);
        assertThat(amd64.rank(Platform.parse("linux/amd64/v2"))).isEqualTo(-1);
        assertThat(amd64.rank(Platform.parse("windows/amd64"))).isEqualTo(-1);
    }

    @Test
    void thisMachineTakesItsOwnPlatform() {
        assertThat(PlatformPreference.host().rank(Platform.host())).isNotNegative();
        assertThat(PlatformPreference.host(Platform.host(), Set.of())
                        .rank(new Platform("linux", "vax", Optional.empty())))
                .isEqualTo(-1);
    }
}
