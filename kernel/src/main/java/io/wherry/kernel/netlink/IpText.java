package io.wherry.kernel.netlink;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The textual forms of addresses; {@code null} means that the text is not one. */
final class IpText {
    private IpText() {}

    static byte @Nullable [] parse4(String text) {
        byte[] bytes = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int start = at;
            int value = 0;
            while (at < text.length() && at - start < 3 && Character.digit(text.charAt(at), 10) >= 0) {
                if (text.charAt(at) > '9') {
                    return null;
                }
                value = value * 10 + text.charAt(at++) - '0';
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            boolean separated = i == 3 ? at == text.length() : at < text.length() && text.charAt(at++) == '.';
            if (at == start || value > 255 || leadingZero || !separated || text.charAt(start) == '.') {
                return null;
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    static byte @Nullable [] parse6(String text) {
        byte[] bytes = new byte[16];
        int used = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int start = at;
            int value = 0;
            while (at < text.length() && at - start < 4 && hex(text.charAt(at)) >= 0) {
                value = (value << 4) | hex(text.charAt(at++));
            }
            if (at == start || used == 16) {
                return null;
            }
            bytes[used++] = (byte) (value >>> 8);
            bytes[used++] = (byte) value;
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at++) != ':' || at == text.length()) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = used;
                at++;
            }
        }
        return gap < 0 ? (used == 16 ? bytes : null) : spread(bytes, used, gap);
    }

    /** Moves what stands behind {@code ::} to the end. */
    private static byte @Nullable [] spread(byte[] bytes, int used, int gap) {
        if (used == 16) {
            return null;
        }
        int tail = used - gap;
        System.arraycopy(bytes, gap, bytes, 16 - tail, tail);
        Arrays.fill(bytes, gap, Math.max(gap, 16 - tail), (byte) 0);
        return bytes;
    }

    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    static String format4(byte[] bytes) {
        StringBuilder text = new StringBuilder(15);
        for (int i = 0; i < 4; i++) {
            text.append(bytes[i] & 0xff).append(i < 3 ? "." : "");
        }
        return text.toString();
    }

    static String format6(byte[] bytes) {
        int gap = longestZeroRun(bytes);
        int gapEnd = gap;
        while (gap >= 0 && gapEnd < 8 && group(bytes, gapEnd) == 0) {
            gapEnd++;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == gap) {
                text.append("::");
                i = gapEnd - 1;
            } else {
                text.append(i == 0 || i == gapEnd ? "" : ":").append(Integer.toHexString(group(bytes, i)));
            }
        }
        return text.toString();
    }

    /** {@return the index of the first of the longest runs of two or more zero groups, or -1} */
    private static int longestZeroRun(byte[] bytes) {
        int best = -1;
        int bestLength = 1;
        int length = 0;
        for (int i = 0; i < 8; i++) {
            length = group(bytes, i) == 0 ? length + 1 : 0;
            if (length > bestLength) {
                bestLength = length;
                best = i - length + 1;
            }
        }
        return best;
    }

    private static int group(byte[] bytes, int index) {
        return ((bytes[2 * index] & 0xff) << 8) | (bytes[2 * index + 1] & 0xff);
    }
}
