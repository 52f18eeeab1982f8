package io.wherry.cli.output;

import java.io.PrintStream;

/** Says what went wrong: each line of the message with the program's name before it, the hint below. */
public final class Complaint {
    private Complaint() {}

    /**
     * Prints.
     *
     * @param sentences one or more, separated by line feeds
     * @param hint what to do next; empty: nothing is known
     */
    public static void print(PrintStream err, String sentences, String hint) {
        int from = 0;
        while (from <= sentences.length()) {
            int newline = sentences.indexOf('\n', from);
            int end = newline < 0 ? sentences.length() : newline;
            err.print("wherry: " + Screen.safe(sentences.substring(from, end)) + "\n");
            from = end + 1;
        }
        if (!hint.isEmpty()) {
            err.print(Screen.safe(hint) + "\n");
        }
        err.flush();
    }
}
