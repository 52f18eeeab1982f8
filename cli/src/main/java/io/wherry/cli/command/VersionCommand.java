package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints the version. */
final class VersionCommand extends Command<VersionCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean json;

        @Nullable
        String format;
    }

    /** The version of this build; a test compares it with the build's own. */
    static final String VERSION = "0.1.0";

    @Override
    public Row row() {
        return new Row(
                "version",
                List.of(),
                Row.Section.HELP,
                Row.Cache.HOT,
                Operands.NONE,
                "Print the version",
                List.of("wherry version"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("format", 'f', "TEMPLATE", "A Go template or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "The same as data", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        if (words.json || words.format != null) {
            JsonObject version = JsonObject.builder().put("Version", VERSION).build();
            Facts.print(session.out(), version, words.json, words.format);
        } else {
            session.out().print("wherry " + VERSION + "\n");
        }
        return 0;
    }
}
