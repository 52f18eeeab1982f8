package io.wherry.registry;

import io.wherry.testkit.Damage;
import org.junit.jupiter.api.Test;

class ChallengeFuzzerTest {
    @Test
    void damagedInputIsReadOrRefused() {
        Damage.of(ChallengeFuzzer.seeds(), 20_000, ChallengeFuzzer::fuzzerTestOneInput);
    }
}
