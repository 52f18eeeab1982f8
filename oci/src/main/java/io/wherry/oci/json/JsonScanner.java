package io.wherry.oci.json;

import java.nio.charset.StandardCharsets;

/** Reads strings, numbers and literals out of bytes. */
final class JsonScanner {
    static final int END = -1;

    private final byte[] bytes;
    private int at;

    JsonScanner(byte[] bytes) {
        this.bytes = bytes;
    }

    int position() {
        return at;
    }

    /** {@return the byte at hand, 0 to 255, or {@link #END}} */
    int current() {
        return at < bytes.length ? bytes[at] & 0xff : END;
    }

    void advance() {
        at++;
    }

    void skipSpace() {
        while (at < bytes.length) {
            byte b = bytes[at];
            if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
                return;
            }
            at++;
        }
    }

    JsonException problem(String problem) {
        return JsonException.syntax(at, problem);
    }

    JsonException unexpected(String wanted) {
        int c = current();
        String found;
        if (c == END) {
            found = "the end of the document";
        } else if (c > 0x20 && c < 0x7f) {
            found = "`" + (char) c + "`";
        } else {
            found = "byte 0x" + Integer.toHexString(c);
        }
        return problem("expected " + wanted + ", found " + found);
    }

    void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (current() != word.charAt(i)) {
                throw unexpected("`" + word + "`");
            }
            at++;
        }
    }

    String number() {
        int start = at;
        if (current() == '-') {
            at++;
        }
        if (current() == '0') {
            at++;
            if (digit()) {
                throw problem("a number has a leading zero");
            }
        } else {
            digits("a digit");
        }
        if (current() == '.') {
            at++;
            digits("a digit after `.`");
        }
        if (current() == 'e' || current() == 'E') {
            at++;
            if (current() == '+' || current() == '-') {
                at++;
            }
            digits("a digit of the exponent");
        }
        return new String(bytes, start, at - start, StandardCharsets.ISO_8859_1);
    }

    private boolean digit() {
        int c = current();
        return c >= '0' && c <= '9';
    }

    private void digits(String wanted) {
        if (!digit()) {
            throw unexpected(wanted);
        }
        while (digit()) {
            at++;
        }
    }

    /** Reads a string from its opening quote on. Nearly all are ASCII without escapes: these are copied at once. */
    String string() {
        int start = ++at;
        byte[] document = bytes; // not read anew for each byte: most documents are read before anything is compiled
        int i = start;
        while (i < document.length) {
            byte b = document[i];
            if (b == '"') {
                at = i + 1;
                return new String(document, start, i - start, StandardCharsets.ISO_8859_1);
            }
            if (b == '\\' || b < 0x20) {
                at = i;
                return slowString(start);
            }
            i++;
        }
        at = i;
        throw unexpected("the closing quote of a string");
    }

    private String slowString(int start) {
        StringBuilder out = new StringBuilder(at - start + 32);
        out.append(new String(bytes, start, at - start, StandardCharsets.ISO_8859_1));
        while (true) {
            int c = current();
            if (c == END) {
                throw unexpected("the closing quote of a string");
            } else if (c == '"') {
                at++;
                return out.toString();
            } else if (c == '\\') {
                at++;
                escape(out);
            } else if (c < 0x20) {
                throw problem("a control character in a string must be escaped");
            } else if (c < 0x80) {
                out.append((char) c);
                at++;
            } else {
                utf8(out, c);
            }
        }
    }

    private void escape(StringBuilder out) {
        int c = current();
        if (c == 'u') {
            at++;
            unicode(out);
            return;
        }
        int escaped = "\"\\/bfnrt".indexOf(c);
        if (escaped < 0) {
            throw unexpected("an escape");
        }
        out.append("\"\\/\b\f\n\r\t".charAt(escaped));
        at++;
    }

    private void unicode(StringBuilder out) {
        int start = at - 2;
        char high = hex4();
        out.append(high);
        if (!Character.isSurrogate(high)) {
            return;
        }
        if (Character.isHighSurrogate(high) && current() == '\\') {
            at++;
            if (current() == 'u') {
                at++;
                char low = hex4();
                if (Character.isLowSurrogate(low)) {
                    out.append(low);
                    return;
                }
            }
        }
        throw JsonException.syntax(start, "half of a surrogate pair");
    }

    private char hex4() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < bytes.length ? Character.digit((char) (bytes[at] & 0x7f), 16) : -1;
            if (digit < 0 || bytes[at] < 0) {
                throw unexpected("four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    /** One character of more than one byte, by the table of well-formed sequences (Unicode 15, table 3-7). */
    private void utf8(StringBuilder out, int lead) {
        int length;
        int point;
        int least;
        if (lead >= 0xc2 && lead <= 0xdf) {
            length = 2;
            point = lead & 0x1f;
            least = 0x80;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            length = 3;
            point = lead & 0x0f;
            least = 0x800;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            length = 4;
            point = lead & 0x07;
            least = 0x10000;
        } else {
            throw problem("invalid UTF-8");
        }
        for (int i = 1; i < length; i++) {
            int next = at + i < bytes.length ? bytes[at + i] : 0;
            if ((next & 0xc0) != 0x80) {
                throw problem("invalid UTF-8");
            }
            point = point << 6 | (next & 0x3f);
        }
        if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
            throw problem("invalid UTF-8");
        }
        out.appendCodePoint(point);
        at += length;
    }
}
