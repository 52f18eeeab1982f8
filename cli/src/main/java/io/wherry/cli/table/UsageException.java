package io.wherry.cli.table;

import io.wherry.oci.WherryException;
import java.util.List;

/** The words of a command line cannot be understood. Carries one sentence for each problem, and the exit code. */
public final class UsageException extends WherryException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * The words of a command.
     *
     * @param command whose help is pointed to; empty for the program's own
     * @param problems whole sentences, at least one
     */
    public UsageException(String command, List<String> problems, int exitCode) {
        super(
                Kind.INVALID,
                String.join("\n", problems),
                command.isEmpty() ? "See `wherry --help`." : "See `wherry " + command + " --help`.");
        this.exitCode = exitCode;
    }

    /** {@return 125 for commands that run something, else 1} */
    public int exitCode() {
        return exitCode;
    }
}
