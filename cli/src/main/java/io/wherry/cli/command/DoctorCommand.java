package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;

/** Tells what this host can do. */
final class DoctorCommand extends Command<DoctorCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean json;
    }

    @Override
    public Row row() {
        return new Row(
                "doctor",
                List.of("system doctor"),
                Row.Section.HOST,
                Row.Cache.FULL,
                Operands.NONE,
                "Tell what this host can and cannot do, and the remedy",
                List.of("wherry doctor"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>().flag("json", NONE, "The same as data", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        throw new UnsupportedOperationException("no engine yet");
    }
}
