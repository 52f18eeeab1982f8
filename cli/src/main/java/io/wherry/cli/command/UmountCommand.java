package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Engine;
import io.wherry.engine.MountedRoot;
import java.util.ArrayList;
import java.util.List;

/** Takes away what {@code wherry mount} made. */
final class UmountCommand extends Command<UmountCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean all;
    }

    @Override
    public Row row() {
        return new Row(
                "umount",
                List.of("unmount", "container umount", "image umount"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("NAME [NAME...]", 0, Operands.MANY, false, Operands.Complete.CONTAINERS),
                "Close roots that are open as folders",
                List.of("wherry umount web", "wherry umount --all"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>().flag("all", 'a', "All that are open", (w, v) -> w.all = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        if (words.all != operands.isEmpty()) {
            throw new UsageException(
                    "umount", List.of("Either names of what is mounted, or `--all`, must be given."), misuse());
        }
        Engine engine = session.engine();
        List<String> names = new ArrayList<>(operands);
        if (words.all) {
            for (MountedRoot mounted : engine.mounted()) {
                names.add(mounted.id());
            }
        }
        return names.isEmpty()
                ? 0
                : Each.of(session, names, name -> {
                    engine.unmount(name);
                    return name;
                });
    }
}
