package io.wherry.kernel.seccomp;

import io.wherry.oci.WherryException;

/** How a {@link Condition} compares; all comparisons are unsigned, over 64 bits. */
public enum Operator {
    NE,
    LT,
    LE,
    EQ,
    GE,
    GT,
    MASKED_EQ;

    private static final Operator[] ALL = values();

    /**
     * Reads the OCI name of an operator, such as {@code SCMP_CMP_MASKED_EQ}.
     *
     * @throws WherryException of kind INVALID if there is none of this name
     */
    public static Operator ofOciName(String name) {
        if (name.startsWith("SCMP_CMP_")) {
            for (Operator operator : ALL) {
                if (operator.name().equals(name.substring(9))) {
                    return operator;
                }
            }
        }
        throw new WherryException(
                WherryException.Kind.INVALID,
                "There is no seccomp operator `" + name + "`.",
                "Use one of SCMP_CMP_NE, _LT, _LE, _EQ, _GE, _GT, _MASKED_EQ.");
    }
}
