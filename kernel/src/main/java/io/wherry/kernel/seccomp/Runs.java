package io.wherry.kernel.seccomp;

import org.jspecify.annotations.Nullable;

/**
 * System call numbers from 0 to the highest possible, cut into runs that end alike: a value to return, or the rules to
 * try. Added in ascending order; neighbours with the same value become one.
 */
final class Runs {
    private final int[] starts;
    private final int[] values;
    private final int[] @Nullable [] candidates;
    private int count;

    Runs(int capacity) {
        starts = new int[capacity];
        values = new int[capacity];
        candidates = new int[capacity][];
    }

    void add(int start, int value) {
        if (count > 0 && candidates[count - 1] == null && values[count - 1] == value) {
            return;
        }
        starts[count] = start;
        values[count++] = value;
    }

    void add(int start, int[] rules) {
        starts[count] = start;
        candidates[count++] = rules;
    }

    int count() {
        return count;
    }

    int start(int run) {
        return starts[run];
    }

    int value(int run) {
        return values[run];
    }

    /** {@return the indexes of the rules to try, or null if the run has a value} */
    int @Nullable [] candidates(int run) {
        return candidates[run];
    }
}
