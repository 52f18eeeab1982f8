package io.wherry.cli.command;

import io.wherry.cli.output.ArchiveOutput;
import io.wherry.cli.output.Human;
import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.ContainerTrees;
import io.wherry.engine.CopyReport;
import io.wherry.engine.CopySpec;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/** Copies files between containers and the host. */
final class CpCommand extends Command<CpCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean archive;
        boolean followLink;
        boolean quiet;
    }

    @Override
    public Row row() {
        return new Row(
                "cp",
                List.of("container cp"),
                Row.Section.CONTAINERS,
                Row.Cache.FULL,
                new Operands("CONTAINER:PATH|PATH|- CONTAINER:PATH|PATH|-", 2, 2, false, Operands.Complete.CONTAINERS),
                "Copy files between a container and this host",
                List.of(
                        "wherry cp web:/etc/nginx ./nginx",
                        "wherry cp ./site/. web:/srv",
                        "tar -c site | wherry cp - web:/srv"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("archive", 'a', "Keep owners, set-id bits, attributes and devices", (w, v) -> w.archive = v)
                .flag("follow-link", 'L', "Copy what a link in the source leads to", (w, v) -> w.followLink = v)
                .flag("quiet", 'q', "Do not tell how much was copied", (w, v) -> w.quiet = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "A folder goes into a folder that exists; with `/.` behind it, only what is in it. `-` is a tar archive.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        CopySpec spec = new CopySpec(operands.get(0), operands.get(1), words.archive, words.followLink);
        ContainerTrees trees = session.engine().trees();
        if (spec.toStream()) {
            return ArchiveOutput.of(session, "").write(out -> trees.copy(spec, InputStream.nullInputStream(), out));
        }
        InputStream in = spec.fromStream()
                ? StandardInput.archive(session, "Give it a tar archive: `tar -c FOLDER | wherry cp - CONTAINER:PATH`.")
                : InputStream.nullInputStream();
        CopyReport report;
        try {
            report = trees.copy(spec, in, OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.UNAVAILABLE, "Cannot read the archive: " + e.getMessage() + ".", e);
        }
        if (report.leftOut() > 0) {
            session.err().println("Left out: " + report.leftOut() + " sockets, devices, or entries that changed.");
        }
        if (!words.quiet) {
            session.err()
                    .println("Successfully copied " + Human.size(report.bytes()) + " to "
                            + Screen.safe(operands.get(1)));
        }
        return 0;
    }
}
