package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Container;
import io.wherry.engine.Engine;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Lists containers. */
final class PsCommand extends Command<PsCommand.Words> {
    /** What its options fill. */
    static final class Words extends Listing.Words {
        boolean all;
        boolean latest;
        int last = -1;
        final List<String> filters = new ArrayList<>();
    }

    @Override
    public Row row() {
        return new Row(
                "ps",
                List.of("container ls", "container list", "container ps"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                Operands.NONE,
                "List containers",
                List.of("wherry ps -a --filter status=exited", "wherry ps --format 'table {{.Names}}\\t{{.Status}}'"));
    }

    @Override
    public OptionTable<Words> options() {
        return Listing.options(
                new OptionTable<Words>()
                        .flag("all", 'a', "Also those that have ended", (w, v) -> w.all = v)
                        .flag("quiet", 'q', "Print ids only", (w, v) -> w.quiet = v)
                        .pairs(
                                "filter",
                                'f',
                                "KEY=VALUE",
                                "Only those with this name, status, id, label, ancestor, before, since, exited, health, network, volume",
                                (w, v) -> w.filters.add(v))
                        .number(
                                "last",
                                'n',
                                "Only the last created so many, in any state",
                                -1,
                                Integer.MAX_VALUE,
                                (w, v) -> w.last = v.intValue())
                        .flag("latest", 'l', "Only the last created, in any state", (w, v) -> w.latest = v)
                        .absent("size", 's', false, "sizes of containers"),
                "ids and commands");
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        ContainerFilter filter = new ContainerFilter(words.filters, engine);
        boolean bridged = engine.facts().root();
        long now = System.currentTimeMillis() / 1000;
        int most = words.latest ? 1 : words.last <= 0 ? Integer.MAX_VALUE : words.last;
        boolean all = words.all || filter.asksForStatus() || most < Integer.MAX_VALUE;
        List<JsonObject> rows = new ArrayList<>();
        for (Container container : engine.containers()) {
            boolean shown = all || container.status().isAttended();
            if (shown && rows.size() < most && filter.accepts(container)) {
                rows.add(ContainerRow.of(container, words.wide, now, bridged));
            }
        }
        ContainerRow.LISTING.print(session.out(), rows, words);
        return 0;
    }
}
