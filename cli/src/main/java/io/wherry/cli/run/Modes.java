package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;

/** Reads file modes and umasks. */
final class Modes {
    private Modes() {}

    /** {@return permission bits, at most 07777} */
    static long octal(String text) throws BadValueException {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            value = c >= '0' && c <= '7' && value <= 07777 ? value * 8 + (c - '0') : 1 << 20;
        }
        if (text.isEmpty() || value > 07777) {
            throw BadValueException.wanted("permissions in octal such as `0755`", text);
        }
        return value;
    }
}
