package io.wherry.oci;

/**
 * A signal of Linux on x86-64: a number from 1 to 64 with the name that people use (signal(7)). Immutable.
 *
 * @param number 1 to 64; 32 and 33 belong to the C library and have no name
 */
public record Signal(int number) {
    /** SIGKILL, which nobody can catch. */
    public static final Signal KILL = new Signal(9);
    /** SIGTERM, the polite request to end. */
    public static final Signal TERM = new Signal(15);

    private static final int FIRST_REAL_TIME = 34;
    private static final int LAST = 64;
    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };

    /** Refuses numbers that are no signal's. */
    public Signal {
        if (number < 1 || number > LAST) {
            throw new WherryException(
                    WherryException.Kind.INVALID, "There is no signal " + number + ": they go from 1 to 64.");
        }
    }

    /**
     * {@return the signal that a word means: {@code 9}, {@code KILL}, {@code SIGKILL}, {@code RTMIN+3}, in any case}
     *
     * @throws WherryException of kind INVALID if it means none
     */
    public static Signal parse(String word) {
        String name = upper(word);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        for (int i = 0; i < NAMES.length; i++) {
            if (NAMES[i].equals(name)) {
                return new Signal(i + 1);
            }
        }
        int number = name.startsWith("RTMIN")
                ? FIRST_REAL_TIME + offset(name.substring(5), '+')
                : name.startsWith("RTMAX") ? LAST - offset(name.substring(5), '-') : number(name);
        boolean realTime = name.startsWith("RT");
        if (number < (realTime ? FIRST_REAL_TIME : 1) || number > LAST) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + word + "` is not a signal.",
                    "Give a name such as TERM or SIGUSR1, RTMIN+3, or a number from 1 to 64.");
        }
        return new Signal(number);
    }

    /** {@return the name as people write it, such as {@code SIGTERM}; the number where there is none} */
    public String text() {
        if (number <= NAMES.length) {
            return "SIG" + NAMES[number - 1];
        }
        if (number < FIRST_REAL_TIME) {
            return Integer.toString(number);
        }
        return number == FIRST_REAL_TIME ? "SIGRTMIN" : "SIGRTMIN+" + (number - FIRST_REAL_TIME);
    }

    private static int offset(String text, char sign) {
        if (text.isEmpty()) {
            return 0;
        }
        int offset = text.charAt(0) == sign ? number(text.substring(1)) : -1;
        return offset < 0 ? LAST + 1 : offset; // too much for either end
    }

    /** {@return a number of at most three digits, or -1} */
    private static int number(String text) {
        if (text.isEmpty() || text.length() > 3) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    /** Of ASCII letters, whatever the locale. */
    private static String upper(String text) {
        StringBuilder upper = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            upper.append(c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
        }
        return upper.toString();
    }
}
