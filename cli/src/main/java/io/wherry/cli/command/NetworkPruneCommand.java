package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import java.util.List;

/** Takes down networks that no container is on. */
final class NetworkPruneCommand extends Command<NetworkPruneCommand.Words> {
    private static final String NAME = "network prune";

    /** What its options fill. */
    static final class Words {
        boolean force;
    }

    @Override
    public Row row() {
        return new Row(
                NAME,
                List.of(),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "Take down the bridge, if no container is on it",
                List.of("wherry network prune -f"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>().flag("force", 'f', "Do not ask", (w, v) -> w.force = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "The next container on the bridge makes it again, perhaps with another subnet.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String what = "This removes this root's bridge and its firewall table, if no container has an address there.";
        if (!Consent.given(session, what, words.force, Prunes.unasked(NAME, what, misuse()))) {
            return 1;
        }
        Prunes.list(session, "Networks", session.engine().pruneNetworks());
        return 0;
    }
}
