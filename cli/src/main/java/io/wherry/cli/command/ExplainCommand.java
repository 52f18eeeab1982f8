package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Explanation;
import io.wherry.engine.ProgramDifference;
import java.util.List;

/** Shows the program of a container. */
final class ExplainCommand extends Command<ExplainCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean verbose;
        boolean why;
        boolean json;
        boolean diff;
    }

    @Override
    public Row row() {
        return new Row(
                "explain",
                List.of("container explain"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands(
                        "run WORDS... | dev WORDS... | exec WORDS... | CONTAINER | --diff A B",
                        1,
                        Operands.MANY,
                        true,
                        Operands.Complete.CONTAINERS),
                "Show the program for the kernel that a container is, without running it",
                List.of(
                        "wherry explain run --rm -m 64m debian:12 true",
                        "wherry explain --why run hello",
                        "wherry explain -v web",
                        "wherry explain --diff 'run hello' 'run -m 64m hello'"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("verbose", 'v', "Also the instructions below each step", (w, v) -> w.verbose = v)
                .flag(
                        "why",
                        NONE,
                        "Also why each step is there, and the manual pages of its calls",
                        (w, v) -> w.why = v)
                .flag("json", NONE, "The same as data", (w, v) -> w.json = v)
                .flag(
                        "diff",
                        NONE,
                        "How the steps of two differ: names of containers, or lines such as 'run hello'; exit 1 if they do",
                        (w, v) -> w.diff = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        if (words.diff) {
            return difference(session, words, operands);
        }
        Explanation explanation = ExplainedWords.of(session, operands);
        if (explanation == null) {
            explanation = stored(session, words, operands);
        }
        if (words.json) {
            Listing.line(session.out(), explanation.json());
        } else {
            session.out().print(explanation.text(words.verbose, words.why));
        }
        return 0;
    }

    private int difference(Session session, Words words, List<String> line) {
        Operands rule = new Operands("A B", 2, 2, false, Operands.Complete.CONTAINERS);
        List<String> two = new Parser<>("explain", options(), rule, misuse()).parse(line, words);
        if (words.json || words.why) {
            throw new UsageException(
                    "explain", List.of("Option `--diff` compares steps; leave `--json` and `--why` out."), misuse());
        }
        String text = ProgramDifference.text(
                two.get(0),
                ExplainedWords.ofOne(session, two.get(0)),
                two.get(1),
                ExplainedWords.ofOne(session, two.get(1)),
                words.verbose);
        session.out().print(text);
        return text.isEmpty() ? 0 : 1;
    }

    /** A container's stored program; options may stand behind its name. */
    private Explanation stored(Session session, Words words, List<String> line) {
        Operands one = new Operands("CONTAINER", 1, 1, false, Operands.Complete.CONTAINERS);
        List<String> operands = new Parser<>("explain", options(), one, misuse()).parse(line, words);
        return session.engine().explain(operands.getFirst());
    }
}
