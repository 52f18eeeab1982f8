package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.StorageChoice;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells where things are and how many. */
final class InfoCommand extends Command<InfoCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean json;

        @Nullable
        String format;
    }

    @Override
    public Row row() {
        return new Row(
                "info",
                List.of("system info"),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "Tell where things are, how many, and by which means",
                List.of("wherry info", "wherry info -f '{{.Root}}'"));
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
        Engine engine = session.engine();
        HostFacts facts = engine.facts();
        StorageChoice storage = engine.storage();
        JsonObject info = JsonObject.builder()
                .put("Version", VersionCommand.VERSION)
                .put("Root", engine.root().root().toString())
                .put("State", engine.root().volatileRoot().toString())
                .put("Driver", storage.driver())
                .put("DriverWhy", storage.why())
                .put("Kernel", facts.kernel())
                .put("Processors", facts.cpus())
                .put("Rights", Doctor.rights(facts.privilege()))
                .put("Cgroups", Doctor.cgroups(facts.cgroups()))
                .put("Containers", engine.containers().size())
                .build();
        Facts.print(session.out(), info, words.json, words.format);
        return 0;
    }
}
