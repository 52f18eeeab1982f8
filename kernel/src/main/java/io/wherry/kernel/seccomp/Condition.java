package io.wherry.kernel.seccomp;

/**
 * A condition on one argument of a call: {@code (argument & mask) operator value}, unsigned, over 64 bits.
 *
 * @param argument which argument, 0 to 5
 * @param mask all bits set but for {@link Operator#MASKED_EQ}
 */
public record Condition(int argument, Operator operator, long value, long mask) {
    public Condition {
        if (argument < 0 || argument > 5) {
            throw new IllegalArgumentException("a system call has the arguments 0 to 5, not " + argument);
        }
        if (operator != Operator.MASKED_EQ && mask != -1) {
            throw new IllegalArgumentException("only MASKED_EQ takes a mask, not " + operator);
        }
    }

    /** {@return a condition with any operator but {@link Operator#MASKED_EQ}} */
    public static Condition of(int argument, Operator operator, long value) {
        if (operator == Operator.MASKED_EQ) {
            throw new IllegalArgumentException("MASKED_EQ needs a mask");
        }
        return new Condition(argument, operator, value, -1);
    }

    /**
     * {@return the condition that the argument, with only the bits of {@code mask} kept, is {@code value}} OCI calls the
     * mask {@code value} and the value {@code valueTwo}. A value with bits outside of the mask never holds.
     */
    public static Condition masked(int argument, long mask, long value) {
        return new Condition(argument, Operator.MASKED_EQ, value, mask);
    }
}
