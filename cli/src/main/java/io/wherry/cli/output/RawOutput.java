package io.wherry.cli.output;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Bytes of a container on their way to a stream of the caller. Where that is a terminal, control characters can be made visible: {@code ^[} for ESC and so on, {@code <U+202E>} for C1 controls and
 * for marks that turn the direction of writing; line feeds, tabs and carriage returns stay.
 */
public final class RawOutput {
    /** The exit code when nobody reads any more: as if SIGPIPE had ended the command. */
    public static final int BROKEN = 141;

    private static final int LONGEST = 8; // of what one byte becomes

    private final PrintStream stream;
    private final boolean visible;
    private byte[] shown = new byte[0];
    private boolean broken;

    /**
     * An output.
     *
     * @param visible whether control characters are made visible
     */
    public RawOutput(PrintStream stream, boolean visible) {
        this.stream = stream;
        this.visible = visible;
    }

    /** Writes whole characters at once. {@return whether somebody still reads} */
    public boolean write(byte[] bytes, int length) {
        if (!visible || isPlain(bytes, length)) {
            stream.write(bytes, 0, length);
        } else {
            int made = show(bytes, length);
            stream.write(shown, 0, made);
        }
        broken |= stream.checkError();
        return !broken;
    }

    /** {@return whether a write has failed} */
    public boolean broken() {
        return broken;
    }

    private static boolean isPlain(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            if (isControl(bytes[i]) || special(bytes, i, length) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isControl(byte b) {
        return (b >= 0 && b < ' ' && b != '\n' && b != '\t' && b != '\r') || b == 0x7F;
    }

    private int show(byte[] bytes, int length) {
        if (shown.length < length * LONGEST) {
            shown = new byte[length * LONGEST];
        }
        int out = 0;
        for (int i = 0; i < length; i++) {
            int special = special(bytes, i, length);
            if (special != 0) {
                byte[] name = ("<U+"
                                + Integer.toHexString(0x10000 + special)
                                        .substring(1)
                                        .toUpperCase(Locale.ROOT) + ">")
                        .getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(name, 0, shown, out, name.length);
                out += name.length;
                i += special < 0x800 ? 1 : 2;
            } else if (isControl(bytes[i])) {
                shown[out++] = '^';
                shown[out++] = (byte) (bytes[i] ^ 0x40);
            } else {
                shown[out++] = bytes[i];
            }
        }
        return out;
    }

    /** {@return the C1 control or mark of direction that begins at an index in UTF-8; 0: none does} */
    private static int special(byte[] bytes, int i, int length) {
        int first = bytes[i] & 0xFF;
        if (first == 0xC2 && i + 1 < length && (bytes[i + 1] & 0xE0) == 0x80) {
            return bytes[i + 1] & 0xFF;
        }
        if (first == 0xE2 && i + 2 < length) {
            int code = 0x2000 | ((bytes[i + 1] & 0x3F) << 6) | (bytes[i + 2] & 0x3F);
            boolean direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
            return direction ? code : 0;
        }
        return 0;
    }
}
