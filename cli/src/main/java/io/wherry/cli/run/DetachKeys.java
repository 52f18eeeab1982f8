package io.wherry.cli.run;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Option.Field;
import io.wherry.cli.table.OptionTable;

/**
 * The keys that leave a container's terminal, as docker writes them: single characters, {@code DEL}, and {@code ctrl-} with a letter or one of {@code @[\]^_},
 * separated by commas.
 */
public final class DetachKeys {
    private static final int MOST = 16;
    private static final String CONTROL = "ctrl-";

    private DetachKeys() {}

    /** Adds the option {@code --detach-keys}, whose field gets what {@link #parse} returns. {@return the table} */
    public static <W> OptionTable<W> option(OptionTable<W> table, Field<W, String> field) {
        return table.text(
                "detach-keys",
                NONE,
                "KEYS",
                "What leaves its terminal (default ctrl-p,ctrl-q)",
                (words, text) -> field.set(words, parse(text)));
    }

    /** {@return the characters that a terminal sends for them, 1 to 16 of ASCII} */
    public static String parse(String text) throws BadValueException {
        StringBuilder keys = new StringBuilder();
        for (int from = 0; from <= text.length(); ) {
            int comma = text.indexOf(',', from);
            int end = comma < 0 ? text.length() : comma;
            int key = key(text.substring(from, end));
            if (key < 0 || keys.length() == MOST) {
                throw BadValueException.wanted("1 to 16 keys such as `ctrl-p,ctrl-q` or `a,b`", text);
            }
            keys.append((char) key);
            from = end + 1;
        }
        return keys.toString();
    }

    /** {@return its code; -1 for what is no key} */
    private static int key(String word) {
        if (word.length() == 1) {
            return word.charAt(0) < 128 ? word.charAt(0) : -1;
        }
        if (word.equals("DEL")) {
            return 127;
        }
        if (!word.startsWith(CONTROL) || word.length() != CONTROL.length() + 1) {
            return -1;
        }
        char c = word.charAt(CONTROL.length());
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 1;
        }
        return c == '@' || (c >= '[' && c <= '_') ? c - '@' : -1;
    }
}
