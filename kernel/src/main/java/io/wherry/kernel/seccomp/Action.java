package io.wherry.kernel.seccomp;

import io.wherry.oci.WherryException;

/**
 * What happens to a call. {@link #ERRNO} and {@link #TRACE} carry a number of 16 bits, which a {@link Rule} or {@link
 * Filter} holds.
 *
 * <p>Specification: {@code seccomp(2)}; names: OCI runtime specification 1.2, {@code config-linux.md}, "Seccomp".
 */
public enum Action {
    ALLOW(0x7fff0000),
    /** Allowed, and written to the kernel's log. */
    LOG(0x7ffc0000),
    /** A tracer decides; without one the call answers ENOSYS. The number is told to the tracer. */
    TRACE(0x7ff00000),
    /** The call answers an error. */
    ERRNO(0x00050000),
    /** The calling thread gets SIGSYS, which it may handle. */
    TRAP(0x00030000),
    KILL_THREAD(0x00000000),
    KILL_PROCESS(0x80000000);

    private final int value;

    Action(int value) {
        this.value = value;
    }

    /** {@return the value that a filter returns to the kernel for this action} */
    int returnValue(int number) {
        return this == ERRNO || this == TRACE ? value | number : value;
    }

    /** {@return whether the call is made, or may be} */
    boolean permits() {
        return this == ALLOW || this == LOG || this == TRACE;
    }

    /** {@return the action of this return value's upper half; an unknown one kills the process, as the kernel does} */
    static Action ofReturnValue(int returned) {
        for (Action action : values()) {
            if (action.value == (returned & 0xffff0000)) {
                return action;
            }
        }
        return KILL_PROCESS;
    }

    /**
     * Reads the OCI name of an action.
     *
     * @throws WherryException of kind UNSUPPORTED for {@code SCMP_ACT_NOTIFY}, which needs a supervising program that
     *     Wherry does not offer; of kind INVALID for any other name
     */
    public static Action ofOciName(String name) {
        if (name.equals("SCMP_ACT_KILL")) {
            return KILL_THREAD;
        }
        if (name.startsWith("SCMP_ACT_")) {
            String rest = name.substring(9);
            for (Action action : values()) {
                if (action.name().equals(rest)) {
                    return action;
                }
            }
        }
        if (name.equals("SCMP_ACT_NOTIFY")) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The seccomp action `SCMP_ACT_NOTIFY` is not supported: it hands calls to a supervising program.",
                    "Use `SCMP_ACT_ERRNO` or `SCMP_ACT_ALLOW` for these calls.");
        }
        throw new WherryException(
                WherryException.Kind.INVALID,
                "There is no seccomp action `" + name + "`.",
                "Use one of SCMP_ACT_ALLOW, _LOG, _TRACE, _ERRNO, _TRAP, _KILL, _KILL_THREAD, _KILL_PROCESS.");
    }
}
