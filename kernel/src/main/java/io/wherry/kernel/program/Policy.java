package io.wherry.kernel.program;

/** What an instruction does with an error; the ordinal is the number in the program (docs/program.md, "Policies"). */
public enum Policy {
    /** Any error ends the program. */
    ABORT,
    /** A listed error counts as success. */
    OK_IF,
    /** A listed error skips instructions, any other ends the program. */
    SKIP,
    /** A listed error is remembered for FAIL and the next instruction runs. */
    STICKY,
    /** Every error is passed over; in the sweep only. */
    IGNORE,
    /** The result is reported and the next instruction runs; in probes only. */
    NOTE,
    /** Success skips instructions, a listed error goes on, any other ends the program. */
    ELSE;

    private static final Policy[] ALL = values();

    static Policy of(int number) {
        return ALL[number];
    }
}
