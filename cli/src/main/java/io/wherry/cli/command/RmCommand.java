package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.oci.WherryException;
import java.util.List;

/** Removes containers. */
final class RmCommand extends Command<RmCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean force;
        boolean volumes;
    }

    @Override
    public Row row() {
        return new Row(
                "rm",
                List.of("container rm", "container remove"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER [CONTAINER...]", 1, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Remove containers",
                List.of("wherry rm web", "wherry rm -f $(wherry ps -aq)"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("force", 'f', "Kill those that run, and pass over those that are gone", (w, v) -> w.force = v)
                .flag("volumes", 'v', "And the volumes that were made for them alone", (w, v) -> w.volumes = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        return Each.of(session, operands, name -> {
            try {
                if (words.volumes) {
                    engine.removeWithVolumes(name, words.force);
                } else {
                    engine.remove(name, words.force);
                }
                return name;
            } catch (WherryException e) {
                if (words.force && e.kind() == WherryException.Kind.NOT_FOUND) {
                    return "";
                }
                throw e;
            }
        });
    }
}
