package io.wherry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
        damage(RuntimeConfigTest.FULL.getBytes(StandardCharsets.UTF_8), bytes -> {
            JsonValue once = JsonValue.parse(bytes);
            assertThat(JsonValue.parse(once.toBytes())).isEqualTo(once);
            assertThat(JsonValue.parse(once.toIndentedBytes())).isEqualTo(once);
        });
    }

    @Test
    void referencesAreReadOrRefused() {
        for (String text : List.of("localhost:5000/a-b/c_d:tag", "[::1]:50/a@sha256:" + "0".repeat(64), "alpine")) {
            damage(text.getBytes(StandardCharsets.UTF_8), bytes -> {
                ImageReference reference = ImageReference.parse(new String(bytes, StandardCharsets.UTF_8));
                assertThat(ImageReference.parse(reference.toString())).isEqualTo(reference);
                assertThat(reference.toString()).matches("[A-Za-z0-9._:/@\\[\\]-]+");
            });
        }
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
