package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.Until;
import java.util.List;

/** Waits for the end of containers and prints their exit codes. */
final class WaitCommand extends Command<WaitCommand.Words> {
    /** What its options fill. */
    static final class Words {
        String condition = "not-running";
    }

    @Override
    public Row row() {
        return new Row(
                "wait",
                List.of("container wait"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Wait for the end of containers; print their exit codes",
                List.of("wherry wait web", "wherry wait --condition removed job"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .choice(
                        "condition",
                        "not-running|next-exit|removed",
                        "What to wait for (default not-running)",
                        (w, v) -> w.condition = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        return Each.of(session, operands, name -> Integer.toString(engine.await(name, Until.of(words.condition))));
    }
}
