package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Option;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Container;
import io.wherry.engine.Engine;
import java.util.ArrayList;
import java.util.List;

/** Removes all containers that do not run. */
final class ContainerPruneCommand extends Command<ContainerPruneCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean force;
        List<String> filters = new ArrayList<>();
    }

    @Override
    public Row row() {
        return new Row(
                "container prune",
                List.of(),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                Operands.NONE,
                "Remove all containers that do not run",
                List.of("wherry container prune -f", "wherry container prune -f --filter label=job"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("force", 'f', "Do not ask", (w, v) -> w.force = v)
                .list(
                        "filter",
                        Option.NONE,
                        "KEY=VALUE",
                        "Only those with label=, name=, id=",
                        (w, v) -> w.filters.add(v));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String what = "This removes all containers that do not run.";
        if (!Consent.given(session, what, words.force, Prunes.unasked("container prune", what, misuse()))) {
            return 1;
        }
        Engine engine = session.engine();
        ContainerFilter filter = new ContainerFilter(words.filters, engine);
        List<String> ids = new ArrayList<>();
        for (Container container : engine.containers()) {
            if (!container.status().isAttended() && filter.accepts(container)) {
                ids.add(container.id());
            }
        }
        if (ids.isEmpty()) {
            return 0;
        }
        return Each.of(session, ids, id -> {
            engine.remove(id, false);
            return id;
        });
    }
}
