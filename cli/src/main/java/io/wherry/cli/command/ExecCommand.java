package io.wherry.cli.command;

import io.wherry.cli.run.ExecWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ExecSpec;
import io.wherry.engine.Explanation;
import io.wherry.engine.FailureReport;
import io.wherry.kernel.launch.Failure;
import io.wherry.oci.WherryException;
import java.util.List;

/** Runs one more command in a container that runs. */
public final class ExecCommand extends Command<ExecWords> {
    /** Docker's code for what the container cannot execute. */
    private static final int NOT_EXECUTABLE = 126;

    private static final Operands OPERANDS =
            new Operands("CONTAINER COMMAND [ARG...]", 2, Operands.MANY, true, Operands.Complete.CONTAINERS);

    @Override
    public Row row() {
        return new Row(
                "exec",
                List.of("container exec"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                OPERANDS,
                "Run a command in a container that runs",
                List.of("wherry exec -it web sh", "wherry exec -u 1000 -w /tmp -e A=b web env"));
    }

    @Override
    public OptionTable<ExecWords> options() {
        return ExecWords.table();
    }

    @Override
    public ExecWords words() {
        return new ExecWords();
    }

    @Override
    public int misuse() {
        return RunCommand.MISUSE;
    }

    /** The container's own command could not be run as whom was asked; or the container is not there, or does not run. */
    @Override
    public int exitCode(WherryException.Kind kind) {
        return kind == WherryException.Kind.INVALID ? NOT_EXECUTABLE : 1;
    }

    @Override
    public int run(Session session, ExecWords words, List<String> operands) {
        ExecSpec spec = asked(session, words, operands);
        if (spec.terminal()
                && spec.interactive()
                && !spec.detached()
                && !session.context().isTerminal(0)) {
            throw new UsageException(
                    "exec",
                    List.of("Options `-i` and `-t` need a terminal as input, and it is none; leave `-t` out."),
                    1);
        }
        session.engine().exec(operands.getFirst(), spec, words.detachKeys);
        return 0;
    }

    private ExecSpec asked(Session session, ExecWords words, List<String> operands) {
        return words.asked(operands.subList(1, operands.size()), session.environment(), misuse());
    }

    /** {@return the program that the same words would execute} */
    Explanation explain(Session session, List<String> line) {
        ExecWords words = words();
        List<String> operands = parse(words, line);
        return session.engine().explain(operands.getFirst(), asked(session, words, operands));
    }

    /**
     * {@return why a command could not be executed}
     *
     * @param line the words behind the command's name
     */
    public FailureReport report(Session session, List<String> line, Failure failure) {
        ExecWords words = words();
        List<String> operands = parse(words, line);
        return session.engine().report(operands.getFirst(), asked(session, words, operands), failure);
    }

    private List<String> parse(ExecWords words, List<String> line) {
        return new Parser<>("exec", options(), OPERANDS, misuse()).parse(line, words);
    }
}
