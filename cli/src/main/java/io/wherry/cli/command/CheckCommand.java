package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.TableWriter;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.CheckedObject;
import io.wherry.engine.RootCheck;
import io.wherry.oci.json.JsonObject;
import java.util.List;

/** Looks at everything that is stored. */
final class CheckCommand extends Command<CheckCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean full;
        boolean repair;
        boolean quiet;
        boolean json;
    }

    @Override
    public Row row() {
        return new Row(
                "check",
                List.of("system check"),
                Row.Section.HOST,
                Row.Cache.FULL,
                Operands.NONE,
                "Look at everything that is stored, and mend what is damaged",
                List.of("wherry check", "wherry check --full --repair"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("full", NONE, "Read all blobs to their end", (w, v) -> w.full = v)
                .flag(
                        "repair",
                        NONE,
                        "Mend layers from blobs, blobs from the registry, records and names",
                        (w, v) -> w.repair = v)
                .flag("quiet", 'q', "Tell only what is not as it should be", (w, v) -> w.quiet = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        List<CheckedObject> objects = session.engine().check(new RootCheck(words.full, words.repair));
        TableWriter table = new TableWriter().row("KIND", "NAME", "STATE", "WHAT");
        int damaged = 0;
        int mended = 0;
        for (CheckedObject object : objects) {
            damaged += object.state() == CheckedObject.State.DAMAGED ? 1 : 0;
            mended += object.state() == CheckedObject.State.MENDED ? 1 : 0;
            if (words.json) {
                Listing.line(session.out(), json(object));
            } else if (!words.quiet || object.state() != CheckedObject.State.OK) {
                String what = object.what() + (object.hint().isEmpty() ? "" : "; " + object.hint());
                table.row(object.kind().word(), object.name(), object.state().word(), what);
            }
        }
        if (!words.json) {
            session.out()
                    .print(table.text() + objects.size() + " objects, " + damaged + " damaged, " + mended
                            + " mended\n");
        }
        return damaged == 0 ? 0 : 1;
    }

    private static JsonObject json(CheckedObject object) {
        return JsonObject.builder()
                .put("Kind", object.kind().word())
                .put("Name", object.name())
                .put("State", object.state().word())
                .put("What", object.what())
                .put("Hint", object.hint())
                .build();
    }
}
