package io.wherry.cli;

import io.wherry.cli.output.Complaint;
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
        Complaint.print(err, failure.getMessage(), failure.hint().orElse(""));
        if (debug) {
            failure.printStackTrace(err);
        }
        return exitCode(failure, command);
    }

    /** What no code foresaw. */
    static int defect(Throwable failure, @Nullable Command<?> command, boolean debug, PrintStream err) {
        Complaint.print(
                err,
                "A defect of Wherry: " + failure + ".",
                "Please report it with what `wherry --debug` prints for the same words.");
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
        return command == null ? 1 : command.exitCode(failure.kind());
    }
}
