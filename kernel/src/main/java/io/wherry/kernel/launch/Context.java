package io.wherry.kernel.launch;

/**
 * What the launcher saw when the command began.
 *
 * @param terminal bit n: descriptor n is a terminal
 * @param width columns of the terminal, 0 unknown
 * @param height rows
 * @param umask the caller's
 * @param bootNanos CLOCK_BOOTTIME when the command began
 * @param caller the word that stands for the caller (see {@link io.wherry.kernel.host.Caller}); empty if it was not told
 * @param self absolute path of the launcher
 */
public record Context(int terminal, int width, int height, int umask, long bootNanos, String caller, String self) {

    /** Parses the word {@code tty=…,width=…,…} that precedes the user's words; unknown keys are passed over. */
    public static Context parse(String word) {
        int terminal = 0;
        int width = 0;
        int height = 0;
        int umask = 022;
        long bootNanos = 0;
        String caller = "";
        String self = "";
        int at = 0;
        while (at < word.length()) {
            int equals = word.indexOf('=', at);
            String key = word.substring(at, equals);
            boolean last = key.equals("self"); // a path may hold commas, so it comes last
            int end = last ? word.length() : word.indexOf(',', equals);
            end = end < 0 ? word.length() : end;
            String value = word.substring(equals + 1, end);
            switch (key) {
                case "tty" -> terminal = Integer.parseInt(value);
                case "width" -> width = Integer.parseInt(value);
                case "height" -> height = Integer.parseInt(value);
                case "umask" -> umask = Integer.parseInt(value, 8);
                case "boot" -> bootNanos = Long.parseLong(value);
                case "caller" -> caller = value;
                case "self" -> self = value;
                default -> {}
            }
            at = end + 1;
        }
        return new Context(terminal, width, height, umask, bootNanos, caller, self);
    }

    /** {@return whether a descriptor of the caller, 0 to 2, is a terminal} */
    public boolean isTerminal(int descriptor) {
        return (terminal & (1 << descriptor)) != 0;
    }
}
