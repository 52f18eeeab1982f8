package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.json.JsonFuzzer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Documents with a few damaged bytes: each is read, or refused with a sentence, and nothing else ever happens. */
class DamagedDocumentsTest {
    private static final int ROUNDS = 20_000;
    private static final String SPLICES = "{}[]\",:\\u0eE+-.19tfn \u0000\u00ff";

    @Test
    void areReadOrRefused() {
        byte[] runtime = RuntimeConfigTest.FULL.getBytes(StandardCharsets.UTF_8);
        byte[] image = ImageConfigTest.FULL.getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ImageDocumentTest.MANIFEST.getBytes(StandardCharsets.UTF_8);
        int refused = damage(runtime, RuntimeConfig::parse)
                + damage(image, ImageConfig::parse)
                + damage(manifest, ImageDocument::parse);
        assertThat(refused).isGreaterThan(ROUNDS);
    }

    @Test
    void whatIsReadIsWrittenAndReadAgain() {
        damage(RuntimeConfigTest.FULL.getBytes(StandardCharsets.UTF_8), JsonFuzzer::fuzzerTestOneInput);
        JsonFuzzer.seeds().forEach(seed -> damage(seed, JsonFuzzer::fuzzerTestOneInput));
    }

    @Test
    void referencesAreReadOrRefused() {
        ImageReferenceFuzzer.seeds().forEach(seed -> damage(seed, ImageReferenceFuzzer::fuzzerTestOneInput));
    }

    @Test
    void digestOfAManifestIsOfTheBytesThatCame() {
        DocumentFuzzer.seeds().forEach(seed -> damage(seed, DocumentFuzzer::fuzzerTestOneInput));
    }

    private static int damage(byte[] whole, Consumer<byte[]> reader) {
        Random random = new Random(whole.length);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte)
                        (random.nextInt(4) == 0
                                ? random.nextInt(256)
                                : SPLICES.charAt(random.nextInt(SPLICES.length())));
            }
            try {
                reader.accept(bytes);
            } catch (WherryException e) {
                assertThat(e.kind()).isIn(WherryException.Kind.INVALID, WherryException.Kind.UNSUPPORTED);
                refused++;
            }
        }
        return refused;
    }
}
