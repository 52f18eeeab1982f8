package io.wherry.cli.command;

import io.wherry.cli.run.Asked;
import io.wherry.cli.run.QuotedWords;
import io.wherry.cli.run.RunOptions;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.Engine;
import io.wherry.engine.Explanation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the program that words stand for: those of {@code run} and {@code exec} are read as these commands read them. Stateless. */
final class ExplainedWords {
    private static final int MISUSE = 1;

    private ExplainedWords() {}

    /** {@return the program of a command line; null if it begins with neither command} */
    static @Nullable Explanation of(Session session, List<String> words) {
        List<String> line = words.subList(1, words.size());
        return switch (words.getFirst()) {
            case "run" -> planned(session, line);
            case "exec" -> new ExecCommand().explain(session, line);
            default -> null;
        };
    }

    /** {@return the program of a container by its name, which has no blanks, or of a command line in one word} */
    static Explanation ofOne(Session session, String word) {
        if (word.indexOf(' ') < 0) {
            return session.engine().explain(word);
        }
        List<String> line = QuotedWords.split(word);
        Explanation explanation = line == null || line.isEmpty() ? null : of(session, line);
        if (explanation == null) {
            throw new UsageException(
                    "explain",
                    List.of("Option `--diff` takes a container's name, or a line in quotes that begins with `run` or"
                            + " `exec`, not `" + word + "`."),
                    MISUSE);
        }
        return explanation;
    }

    private static Explanation planned(Session session, List<String> line) {
        RunWords run = new RunWords();
        List<String> operands =
                new Parser<>("run", RunOptions.table(), RunCommand.OPERANDS, RunCommand.MISUSE).parse(line, run);
        ContainerSpec spec = Asked.from(run, operands, session.environment(), session.context());
        Engine engine = session.engine();
        run.check(engine.facts());
        return engine.explain(spec);
    }
}
