package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.run.Asked;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.Row;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.Engine;
import io.wherry.engine.Explanation;
import java.util.List;

/** Shows the program of a container. */
final class ExplainCommand extends Command<ExplainCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean verbose;
        boolean json;
    }

    @Override
    public Row row() {
        return new Row(
                "explain",
                List.of("container explain"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands(
                        "run WORDS... | dev WORDS... | exec WORDS... | CONTAINER",
                        1,
                        Operands.MANY,
                        true,
                        Operands.Complete.CONTAINERS),
                "Show the program for the kernel that a container is, without running it",
                List.of("wherry explain run --rm -m 64m debian:12 true", "wherry explain -v web"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("verbose", 'v', "Also the instructions below each step", (w, v) -> w.verbose = v)
                .flag("json", NONE, "The same as data", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        List<String> line = operands.subList(1, operands.size());
        Explanation explanation = switch (operands.getFirst()) {
            case "run" -> planned(session, new RunCommand(), line);
            case "dev" -> planned(session, new DevCommand(), line);
            case "exec" -> new ExecCommand().explain(session, line);
            default -> stored(session, words, operands);
        };
        if (words.json) {
            Listing.line(session.out(), explanation.json());
        } else {
            session.out().print(explanation.text(words.verbose));
        }
        return 0;
    }

    /** The words of a command that starts a container, read as that command reads them. */
    private static Explanation planned(Session session, Command<RunWords> command, List<String> line) {
        RunWords run = command.words();
        List<String> operands = new Parser<>(
                        command.row().name(), command.options(), RunCommand.OPERANDS, RunCommand.MISUSE)
                .parse(line, run);
        ContainerSpec spec = Asked.from(run, operands, session.environment(), session.context());
        Engine engine = session.engine();
        run.check(engine.facts());
        return engine.explain(spec);
    }

    /** A container's stored program; options may stand behind its name. */
    private Explanation stored(Session session, Words words, List<String> line) {
        Operands one = new Operands("CONTAINER", 1, 1, false, Operands.Complete.CONTAINERS);
        List<String> operands = new Parser<>("explain", options(), one, misuse()).parse(line, words);
        return session.engine().explain(operands.getFirst());
    }
}
