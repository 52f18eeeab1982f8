package io.wherry.engine;

import io.wherry.kernel.launch.CommandLauncher;

/**
 * How a command stays with a container: which of its streams, who gets the signals, and which keys leave it.
 *
 * @param input whether the caller's input is forwarded, if the container takes any
 * @param output whether its output is shown
 * @param errors whether its error output is shown; a terminal has none of its own
 * @param signals whether signals to the command are passed on; else one that ends programs ends the command alone
 * @param detachKeys 1 to 16 characters of ASCII that are typed to leave its terminal
 */
public record Attachment(boolean input, boolean output, boolean errors, boolean signals, String detachKeys) {
    /** With everything, and ctrl-p ctrl-q to leave. */
    public static final Attachment WHOLE = new Attachment(true, true, true, true, CommandLauncher.DETACH_KEYS);

    /** With nothing: the command tells the id and leaves. */
    public static final Attachment NONE = new Attachment(false, false, false, true, CommandLauncher.DETACH_KEYS);

    /** {@return the launcher's flags for a container as it was asked for} */
    int flags(ContainerSpec spec) {
        return container(spec)
                | (signals ? 0 : CommandLauncher.KEEPS_SIGNALS)
                | (output ? 0 : CommandLauncher.NO_OUTPUT)
                | (errors ? 0 : CommandLauncher.NO_ERRORS);
    }

    private int container(ContainerSpec spec) {
        return (input && spec.interactive() ? CommandLauncher.INTERACTIVE : 0)
                | (spec.terminal() ? CommandLauncher.TERMINAL : 0);
    }

    /** {@return the same for a start: whoever sees nothing of it is told the id, and stays for the input alone, if at all} */
    int startFlags(ContainerSpec spec) {
        boolean blind = !output && !errors;
        if (blind && !(input && spec.interactive())) {
            return container(spec) | CommandLauncher.DETACHED;
        }
        return flags(spec) | (blind ? CommandLauncher.PRINT_ID : 0);
    }
}
