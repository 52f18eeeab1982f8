package io.wherry.cli;

import io.wherry.cli.output.Screen;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.UsageException;
import io.wherry.oci.WherryException;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Turns failures into sentences on the error stream and exit codes: the one table of both. */
final class Failures {
    private static final int INTERRUPTED = 130;

    private Failures() {}

    /** Prints the sentences, then the hint; the trace only where it was asked for. */
    static int tell(WherryException failure, @Nullable Command<?> command, boolean debug, PrintStream err) {
        String message = failure.getMessage();
        int from = 0;
        while (from <= message.length()) {
            int newline = message.indexOf('\n', from);
            int end = newline < 0 ? message.length() : newline;
            err.print("wherry: " + Screen.safe(message.substring(from, end)) + "\n");
            from = end + 1;
        }
        String hint = failure.hint().orElse("");
        if (!hint.isEmpty()) {
            err.print(Screen.safe(hint) + "\n");
        }
        if (debug) {
            failure.printStackTrace(err);
        }
        return exitCode(failure, command);
    }

    /** What no code foresaw. */
    static int defect(Throwable failure, @Nullable Command<?> command, boolean debug, PrintStream err) {
        err.print("wherry: A defect of Wherry: " + failure + ".\n");
        err.print("Please report it with what `wherry --debug` prints for the same words.\n");
        if (debug) {
            failure.printStackTrace(err);
        }
        return command == null ? 1 : command.misuse();
    }

    /**
     * Docker's codes: 125 where a command that runs something failed itself, 130 after an interrupt, else 1. (126 and 127,
     * which tell that the container's own command could not be run, come from the report of a failed program.)
     */
    private static int exitCode(WherryException failure, @Nullable Command<?> command) {
        if (failure instanceof UsageException usage) {
            return usage.exitCode();
        }
        if (failure.kind() == WherryException.Kind.INTERRUPTED) {
            return INTERRUPTED;
        }
        return command == null ? 1 : command.misuse();
    }
}
