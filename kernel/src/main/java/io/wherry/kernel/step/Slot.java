package io.wherry.kernel.step;

/**
 * A descriptor of a program, by its fixed number, with the name that {@code explain} prints. {@link Plan#slot} hands numbers out.
 *
 * @param number 8 to 239; 0 to 4 for what the pilot starts with; -1 for none
 * @param name short and telling: {@code rootfs}, {@code memory cgroup}
 */
public record Slot(int number, String name) {
    /** No descriptor. */
    public static final Slot NONE = new Slot(-1, "none");

    static final int FIRST = 8;
    static final int LAST = 239;

    /** Numbers for results that the same step uses up; each use replaces the one before. */
    static final int T0 = 240;

    static final int T1 = 241;
    static final int T2 = 242;
}
