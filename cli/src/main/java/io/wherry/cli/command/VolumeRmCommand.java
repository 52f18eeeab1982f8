package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.VolumeCatalog;
import io.wherry.oci.WherryException;
import java.util.List;

/** Removes volumes. */
final class VolumeRmCommand extends Command<VolumeRmCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean force;
    }

    @Override
    public Row row() {
        return new Row(
                "volume rm",
                List.of("volume remove"),
                Row.Section.VOLUMES,
                Row.Cache.HOT,
                new Operands("NAME [NAME...]", 1, Operands.MANY, false, Operands.Complete.VOLUMES),
                "Remove volumes that no container has",
                List.of("wherry volume rm data"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>().flag("force", 'f', "Pass over those that are not there", (w, v) -> w.force = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        VolumeCatalog volumes = session.engine().volumes();
        return Each.of(session, operands, name -> {
            try {
                volumes.remove(name);
                return name;
            } catch (WherryException e) {
                if (words.force && e.kind() == WherryException.Kind.NOT_FOUND) {
                    return name;
                }
                throw e;
            }
        });
    }
}
