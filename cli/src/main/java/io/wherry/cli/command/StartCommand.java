package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.run.DetachKeys;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Attachment;
import io.wherry.engine.CommandEngine;
import io.wherry.engine.ContainerSpec;
import io.wherry.kernel.launch.CommandLauncher;
import java.util.List;

/** Starts containers that exist. */
final class StartCommand extends Command<StartCommand.Words> implements Stays {
    /** What its options fill. */
    static final class Words {
        boolean attach;
        boolean interactive;
        boolean signals = true;
        String detachKeys = CommandLauncher.DETACH_KEYS;
    }

    @Override
    public Row row() {
        return new Row(
                "start",
                List.of("container start"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Start containers that were created or have ended",
                List.of("wherry start web", "wherry start -ai box"));
    }

    @Override
    public OptionTable<Words> options() {
        return DetachKeys.option(
                new OptionTable<Words>()
                        .flag("attach", 'a', "Stay with it; the exit code is the container's", (w, v) -> w.attach = v)
                        .flag("interactive", 'i', "Stay with it and forward the input", (w, v) -> w.interactive = v)
                        .flag("sig-proxy", NONE, "Pass signals on to it (default true)", (w, v) -> w.signals = v),
                (w, v) -> w.detachKeys = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        CommandEngine engine = session.engine();
        if (words.attach || words.interactive) {
            if (operands.size() > 1) {
                throw new UsageException(
                        "start", List.of("Only one container can be stayed with at a time."), misuse());
            }
            ContainerSpec spec = engine.container(operands.getFirst()).spec();
            AttachCommand.checkTerminal(session, row().name(), spec, words.interactive);
            words.signals = AttachCommand.passes(words.signals, spec);
            engine.startAttached(operands.getFirst(), attachment(words));
            return 0;
        }
        return Each.of(session, operands, name -> {
            engine.start(name);
            return name;
        });
    }

    private static Attachment attachment(Words words) {
        return new Attachment(words.interactive, true, true, words.signals, words.detachKeys);
    }

    @Override
    public Attachment attachment(List<String> line) {
        Words words = words();
        new Parser<>("start", options(), row().operands(), misuse()).parse(line, words);
        return attachment(words);
    }
}
