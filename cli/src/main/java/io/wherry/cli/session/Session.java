package io.wherry.cli.session;

import io.wherry.kernel.launch.Context;
import java.io.PrintStream;

/**
 * What one command finds around it. Results go to {@link #out}, progress and failures to {@link #err}.
 *
 * @param context what the launcher saw: terminal, size, umask
 * @param globals the options before the command
 * @param environment the caller's variables
 */
public record Session(Context context, Globals globals, Environment environment, PrintStream out, PrintStream err) {

    /** {@return columns of the caller's terminal; 0 unknown} */
    public int width() {
        return context.width();
    }
}
