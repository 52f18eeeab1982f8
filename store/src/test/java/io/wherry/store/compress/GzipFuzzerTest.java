package io.wherry.store.compress;

import io.wherry.testkit.Damage;
import org.junit.jupiter.api.Test;

class GzipFuzzerTest {
    @Test
    void damagedInputIsReadOrRefused() {
        Damage.of(GzipFuzzer.seeds(), 20_000, GzipFuzzer::fuzzerTestOneInput);
    }
}
