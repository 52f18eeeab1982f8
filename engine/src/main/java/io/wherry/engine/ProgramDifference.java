package io.wherry.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * How two programs differ, step by step, in the form of diff(1): strand by strand, what only the first does behind a minus, what only the second does behind a plus. What each container has by chance,
 * its id, its name and its lease, is replaced first, so that two runs of the same words do not differ. Stateless.
 */
public final class ProgramDifference {
    private static final int STRANDS = 8;
    private static final int CONTEXT = 2;

    private ProgramDifference() {}

    /**
     * {@return the differences; empty if there are none}
     *
     * @param verbose whether the instructions below each step count too
     */
    public static String text(String oneName, Explanation one, String otherName, Explanation other, boolean verbose) {
        StringBuilder text = new StringBuilder();
        for (int strand = 0; strand < STRANDS; strand++) {
            List<String> lines = compare(one.lines(strand, verbose), other.lines(strand, verbose));
            boolean differ = lines.stream().anyMatch(line -> line.charAt(0) != ' ');
            if (differ) {
                text.append("@@ strand ")
                        .append(strand)
                        .append("  ")
                        .append(one.role(strand))
                        .append(" @@\n");
                shorten(lines, text);
            }
        }
        return text.isEmpty() ? "" : "--- " + oneName + "\n+++ " + otherName + "\n" + text;
    }

    /** All lines of both in order, each with its sign: along a longest common subsequence, as diff(1) goes. */
    private static List<String> compare(List<String> one, List<String> other) {
        int[][] common = new int[one.size() + 1][other.size() + 1];
        for (int i = one.size() - 1; i >= 0; i--) {
            for (int j = other.size() - 1; j >= 0; j--) {
                common[i][j] = one.get(i).equals(other.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < one.size() || j < other.size()) {
            if (i < one.size() && j < other.size() && one.get(i).equals(other.get(j))) {
                lines.add(" " + one.get(i));
                i++;
                j++;
            } else if (j == other.size() || (i < one.size() && common[i + 1][j] >= common[i][j + 1])) {
                lines.add("-" + one.get(i++));
            } else {
                lines.add("+" + other.get(j++));
            }
        }
        return lines;
    }

    /** Leaves out what is the same, but for a little around each difference. */
    private static void shorten(List<String> lines, StringBuilder text) {
        boolean left = false;
        for (int i = 0; i < lines.size(); i++) {
            boolean near = false;
            for (int k = Math.max(0, i - CONTEXT); k <= Math.min(lines.size() - 1, i + CONTEXT); k++) {
                near |= lines.get(k).charAt(0) != ' ';
            }
            if (near) {
                text.append(left ? " …\n" : "").append(lines.get(i)).append('\n');
            }
            left = !near;
        }
    }
}
