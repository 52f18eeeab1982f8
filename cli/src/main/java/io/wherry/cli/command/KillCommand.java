package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.oci.Signal;
import java.util.List;

/** Sends a signal to the first process of containers. */
final class KillCommand extends Command<KillCommand.Words> {
    /** What its options fill. */
    static final class Words {
        Signal signal = Signal.KILL;
    }

    @Override
    public Row row() {
        return new Row(
                "kill",
                List.of("container kill"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Send a signal to the first process of containers",
                List.of("wherry kill web", "wherry kill -s HUP web"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("signal", 's', "SIGNAL", "The signal (default KILL)", (w, v) -> w.signal = SignalWords.parse(v));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        return Each.of(session, operands, name -> {
            engine.kill(name, words.signal);
            return name;
        });
    }
}
