package io.wherry.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RawOutputTest {
    private static String written(String text, boolean visible) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] input = text.getBytes(StandardCharsets.UTF_8);
        new RawOutput(new PrintStream(bytes, false, StandardCharsets.UTF_8), visible).write(input, input.length);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void controlCharactersAreMadeVisible() {
        assertThat(written("a\tb\r\n", true)).isEqualTo("a\tb\r\n");
        assertThat(written("\u001b[31mred\u0000\u007f\b", true)).isEqualTo("^[[31mred^@^?^H");
        assertThat(written("\u009b1m ä€😀 \u202e.\u2066", true)).isEqualTo("<U+009B>1m ä€😀 <U+202E>.<U+2066>");
        assertThat(written("\u001b\u009b", false)).isEqualTo("\u001b\u009b");
    }

    @Test
    void nobodyWhoReadsIsNoticed() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        RawOutput output = new RawOutput(new PrintStream(broken, false, StandardCharsets.UTF_8), false);
        assertThat(output.write(new byte[1], 1)).isFalse();
        assertThat(output.broken()).isTrue();
    }
}
