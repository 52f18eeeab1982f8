package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void aSwapIsOneEdit() {
        assertThat(Nearest.edits("memroy", "memory")).isEqualTo(1);
        assertThat(Nearest.of("memroy", List.of("name", "memory"))).isEqualTo("memory");
    }

    @Test
    void whatIsFarIsNotOffered() {
        assertThat(Nearest.of("frobnicate", List.of("run", "images"))).isNull();
    }

    @Test
    void aHugeNameIsNotCompared() {
        assertThat(Nearest.of("x".repeat(1_000_000), List.of("run"))).isNull();
    }
}
