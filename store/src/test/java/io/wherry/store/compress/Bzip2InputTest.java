package io.wherry.store.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.testkit.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reference library has packed. */
@Tag("user")
class Bzip2InputTest {
    /** Python is given a program that makes bytes, and packs them; {@return both}. */
    private static byte[][] packed(String program, int level) {
        Command.requireTool("python3", "python3");
        String[] lines = Command.of(
                        "python3",
                        "-c",
                        "import bz2,random;random.seed(3);d=" + program + ";print(d.hex());print(bz2.compress(d,"
                                + level + ").hex())")
                .check()
                .out()
                .split("\n", -1);
        return new byte[][] {HexFormat.of().parseHex(lines[0]), HexFormat.of().parseHex(lines[1])};
    }

    private static byte[] unpack(byte[] bytes) throws IOException {
        return new Bzip2Input(new ByteArrayInputStream(bytes)).readAllBytes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b''",
                "b'a'",
                "b'aaaa'",
                "b'a'*259",
                "b'a'*1000000",
                "bytes(range(256))*500",
                "b'abc'*100000",
                "random.randbytes(1000000)",
                "b'x'.join(bytes([i%7])*(i%600) for i in range(5000))"
            })
    void unpacksWhatTheLibraryPacks(String program) throws IOException {
        for (int level : new int[] {1, 9}) {
            byte[][] both = packed(program, level);
            assertThat(unpack(both[1])).isEqualTo(both[0]);
        }
    }

    @Test
    void streamsBehindEachOtherAreOne() throws IOException {
        byte[][] both = packed("b'one two three'", 9);
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        twice.writeBytes(both[1]);
        twice.writeBytes(both[1]);
        assertThat(unpack(twice.toByteArray()))
                .isEqualTo("one two threeone two three".getBytes(StandardCharsets.US_ASCII));
        twice.write('x');
        assertThatThrownBy(() -> unpack(twice.toByteArray())).isInstanceOf(IOException.class);
    }

    /** Each prefix ends too early, and no changed bit passes. */
    @Test
    void whatIsDamagedIsRefused() {
        byte[] whole = packed("b'some text, some more text, '*50 + random.randbytes(300)", 9)[1];
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> unpack(cut)).isInstanceOf(EOFException.class);
        }
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            byte[] bad = whole.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(unpack(bad)).isEqualTo(unpack(whole)); // a bit of the padding behind the end
            } catch (IOException e) {
                assertThat(e.getMessage()).contains("bzip2");
            }
        }
    }
}
