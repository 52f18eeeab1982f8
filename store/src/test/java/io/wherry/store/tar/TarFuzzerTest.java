package io.wherry.store.tar;

import io.wherry.testkit.Damage;
import org.junit.jupiter.api.Test;

class TarFuzzerTest {
    @Test
    void damagedInputIsReadOrRefused() {
        Damage.of(TarFuzzer.seeds(), 20_000, TarFuzzer::fuzzerTestOneInput);
    }
}
