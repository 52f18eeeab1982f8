package io.wherry.oci;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the name that was probably meant. */
public final class Nearest {
    private static final int LONGEST = 64;

    private Nearest() {}

    /** {@return the name with the fewest edits from {@code typed}, if they are at most a third of it; null: none is near} */
    public static @Nullable String of(String typed, List<String> names) {
        if (typed.length() > LONGEST) {
            return null;
        }
        String best = null;
        int fewest = Math.max(1, typed.length() / 3) + 1;
        for (String name : names) {
            int edits = edits(typed, name);
            if (edits < fewest) {
                fewest = edits;
                best = name;
            }
        }
        return best;
    }

    /** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
    static int edits(String from, String to) {
        int[][] table = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                table[i][j] = i == 0 || j == 0 ? i + j : cheapest(table, from, to, i, j);
            }
        }
        return table[from.length()][to.length()];
    }

    private static int cheapest(int[][] table, String from, String to, int i, int j) {
        boolean same = from.charAt(i - 1) == to.charAt(j - 1);
        int best = Math.min(table[i - 1][j], table[i][j - 1]) + 1;
        best = Math.min(best, table[i - 1][j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1)) {
            best = Math.min(best, table[i - 2][j - 2] + 1);
        }
        return best;
    }
}
