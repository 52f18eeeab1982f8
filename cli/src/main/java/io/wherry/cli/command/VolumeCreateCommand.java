package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a volume. */
final class VolumeCreateCommand extends Command<VolumeCreateCommand.Words> {
    /** What its options fill. */
    static final class Words {
        String driver = "local";
        Map<String, String> options = new LinkedHashMap<>();
        Map<String, String> labels = new LinkedHashMap<>();
    }

    @Override
    public Row row() {
        return new Row(
                "volume create",
                List.of(),
                Row.Section.VOLUMES,
                Row.Cache.HOT,
                new Operands("[NAME]", 0, 1, false, Operands.Complete.NOTHING),
                "Make a volume",
                List.of(
                        "wherry volume create data",
                        "wherry volume create -o type=tmpfs -o device=tmpfs -o o=size=64m scratch"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("driver", 'd', "NAME", "What keeps its files: local", (w, v) -> w.driver = v)
                .list("label", 'l', "KEY=VALUE", "A label", (w, v) -> put(w.labels, v))
                .list("opt", 'o', "KEY=VALUE", "What the driver is told: type=, o=, device=", (w, v) -> {
                    if (v.indexOf('=') < 0) {
                        throw BadValueException.wanted("`KEY=VALUE`", v);
                    }
                    put(w.options, v);
                });
    }

    private static void put(Map<String, String> pairs, String pair) {
        int equals = pair.indexOf('=');
        pairs.put(equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Optional<String> name = operands.isEmpty() ? Optional.empty() : Optional.of(operands.getFirst());
        session.out().print(session.engine().volumes().create(name, words.driver, words.options, words.labels) + "\n");
        return 0;
    }
}
