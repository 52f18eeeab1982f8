package io.wherry.cli.output;

/** Makes text of others fit to be shown. */
public final class Screen {
    private Screen() {}

    /** {@return the text with a question mark for each control character; C1 controls and marks that turn the direction of writing too} */
    public static String safe(String text) {
        int i = 0;
        while (i < text.length() && isSafe(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder safe = new StringBuilder(text);
        for (; i < safe.length(); i++) {
            if (!isSafe(safe.charAt(i))) {
                safe.setCharAt(i, '?');
            }
        }
        return safe.toString();
    }

    private static boolean isSafe(char c) {
        boolean control = c < ' ' || (c >= 0x7F && c <= 0x9F);
        boolean direction = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        return !control && !direction;
    }

    /** {@return the first characters, the last of them replaced by an ellipsis if some are left out} */
    public static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
