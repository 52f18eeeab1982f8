package io.wherry.kernel.seccomp;

import java.util.List;

/**
 * Rules against typing into the caller's terminal: {@code ioctl} with TIOCSTI (as if a key had been pressed) and
 * TIOCLINUX (paste of a console's selection) answer EPERM. For containers that inherit a terminal which others use.
 *
 * <p>The kernel looks at the low 32 bits of the request alone, and so do the rules: comparing all 64 would let a request
 * with a high bit through (CVE-2019-10063).
 */
public final class TerminalRules {
    private static final int EPERM = 1;
    private static final long TIOCSTI = 0x5412;
    private static final long TIOCLINUX = 0x541c;
    private static final long LOW_HALF = 0xffffffffL;

    private TerminalRules() {}

    /** {@return the rules, to stand before all others: see {@link Filter#precededBy}} */
    public static List<Rule> rules() {
        return List.of(
                Rule.errno(EPERM, "ioctl", Condition.masked(1, LOW_HALF, TIOCSTI)),
                Rule.errno(EPERM, "ioctl", Condition.masked(1, LOW_HALF, TIOCLINUX)));
    }

    /** {@return a filter of these rules that allows everything else, for a container without a filter of its own} */
    public static Filter filter(List<Architecture> architectures) {
        return new Filter(Action.ALLOW, 0, architectures, rules());
    }
}
