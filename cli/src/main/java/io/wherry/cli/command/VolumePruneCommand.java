package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Option;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.VolumeCatalog;
import java.util.ArrayList;
import java.util.List;

/** Removes volumes that no container has. */
final class VolumePruneCommand extends Command<VolumePruneCommand.Words> {
    private static final String NAME = "volume prune";

    /** What its options fill. */
    static final class Words {
        boolean all;
        boolean force;
        List<String> filters = new ArrayList<>();
    }

    @Override
    public Row row() {
        return new Row(
                NAME,
                List.of(),
                Row.Section.VOLUMES,
                Row.Cache.HOT,
                Operands.NONE,
                "Remove volumes without a name that no container has",
                List.of("wherry volume prune -f", "wherry volume prune -af --filter label=scratch"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("all", 'a', "Also those that somebody gave a name", (w, v) -> w.all = v)
                .flag("force", 'f', "Do not ask", (w, v) -> w.force = v)
                .list(
                        "filter",
                        Option.NONE,
                        "KEY=VALUE",
                        "Only those with label=, or without: label!=",
                        (w, v) -> w.filters.add(v));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        VolumeFilter filter = new VolumeFilter(NAME, VolumeFilter.OF_PRUNING, words.filters);
        String what = "This removes all " + (words.all ? "" : "anonymous ")
                + "volumes that no container has, and what is in them.";
        if (!Consent.given(session, what, words.force, Prunes.unasked(NAME, what, misuse()))) {
            return 1;
        }
        VolumeCatalog.Pruned pruned = session.engine().volumes().prune(words.all, filter::accepts);
        Prunes.list(session, "Volumes", pruned.names());
        session.out().print("Total reclaimed space: " + Human.size(pruned.bytes()) + "\n");
        return 0;
    }
}
