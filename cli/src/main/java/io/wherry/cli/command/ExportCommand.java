package io.wherry.cli.command;

import io.wherry.cli.output.ArchiveOutput;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.ContainerTrees;
import java.util.List;

/** Writes a container's files as a tar archive. */
final class ExportCommand extends Command<ExportCommand.Words> {
    /** What its options fill. */
    static final class Words {
        String output = "";
    }

    @Override
    public Row row() {
        return new Row(
                "export",
                List.of("container export"),
                Row.Section.CONTAINERS,
                Row.Cache.FULL,
                new Operands("CONTAINER", 1, 1, false, Operands.Complete.CONTAINERS),
                "Write a container's files as a tar archive",
                List.of("wherry export -o web.tar web", "wherry export web | tar -t"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text(
                        "output",
                        'o',
                        "FILE",
                        "Write to a file, which is there when it is whole",
                        (w, v) -> w.output = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "Of volumes and binds the folders are written, and not what is in them.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        ContainerTrees trees = session.engine().trees();
        return ArchiveOutput.of(session, words.output).write(out -> {
            ContainerTrees.LeftOut left = trees.export(operands.getFirst(), out);
            if (left.entries() > 0) {
                session.err()
                        .println("Left out: " + left.entries()
                                + (left.entries() == 1 ? " entry, a socket" : " entries, sockets")
                                + " or what changed while it was read.");
            }
        });
    }
}
