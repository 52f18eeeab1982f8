package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.DiskUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what is on the disk. */
final class SystemDfCommand extends Command<SystemDfCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean verbose;
        boolean json;

        @Nullable
        String format;
    }

    @Override
    public Row row() {
        return new Row(
                "system df",
                List.of(),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "Tell what takes how much of the disk",
                List.of("wherry system df", "wherry system df -v", "wherry system df --format '{{.Type}} {{.Size}}'"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("verbose", 'v', "Each image, container and layer by itself", (w, v) -> w.verbose = v)
                .text("format", NONE, "TEMPLATE", "A Go template, `table TEMPLATE` or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        DiskUsage usage = session.engine().diskUsage();
        DiskReport report = new DiskReport(usage, System.currentTimeMillis() / 1000);
        if (words.verbose && (words.json || words.format != null)) {
            Documents.print(session.out(), List.of(report.document()), words.json, words.format);
        } else if (words.verbose) {
            session.out().print(report.text());
        } else {
            Listing.Words how = new Listing.Words();
            how.json = words.json;
            how.format = words.format;
            DiskReport.PARTS.print(session.out(), report.parts(), how);
        }
        if (usage.skipped() > 0) {
            session.err()
                    .print("wherry: " + usage.skipped()
                            + " folders lie too deep to be looked into: there is more than this.\n");
        }
        return 0;
    }
}
