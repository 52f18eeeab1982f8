package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.TableWriter;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.RuntimeListing;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import io.wherry.runtime.Promise;
import io.wherry.runtime.RuntimeKind;
import java.util.ArrayList;
import java.util.List;

/** {@code wherry runtimes}. */
final class RuntimesCommand extends Command<RuntimesCommand.Words> {
    static final class Words {
        boolean promises;
        boolean json;
    }

    @Override
    public Row row() {
        return new Row(
                "runtimes",
                List.of("system runtimes"),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "List what can run containers here, and what each promises",
                List.of("wherry runtimes", "wherry runtimes --promises"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("promises", NONE, "Show which promise holds under which kind", (w, v) -> w.promises = v)
                .flag("json", NONE, "The same as data", (w, v) -> w.json = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        if (words.promises) {
            session.out().print(promises());
            return 0;
        }
        List<RuntimeListing> list = session.engine().runtimes();
        if (words.json) {
            List<JsonValue> rows = new ArrayList<>();
            for (RuntimeListing runtime : list) {
                rows.add(JsonObject.builder()
                        .put("Name", runtime.name())
                        .put("Kind", runtime.kind().word())
                        .put("Program", runtime.program())
                        .put("Version", runtime.version())
                        .put("Missing", runtime.missing())
                        .put("Walls", runtime.kind().walls())
                        .build());
            }
            session.out().println(JsonArray.of(rows));
            return 0;
        }
        TableWriter table = new TableWriter().row("NAME", "KIND", "PROGRAM", "VERSION", "WALLS");
        for (RuntimeListing runtime : list) {
            boolean here = runtime.missing().isEmpty();
            table.row(
                    runtime.name(),
                    runtime.kind().word(),
                    here ? runtime.program() : "not here",
                    runtime.version(),
                    runtime.kind().walls());
        }
        session.out().print(table.text());
        return 0;
    }

    /** {@return the table of promises as the README has it} */
    static String promises() {
        StringBuilder text = new StringBuilder("| promise |");
        for (RuntimeKind kind : RuntimeKind.values()) {
            text.append(' ').append(kind.word()).append(" |");
        }
        text.append("\n|---|")
                .append("---|".repeat(RuntimeKind.values().length))
                .append('\n');
        for (Promise promise : Promise.values()) {
            text.append("| ").append(promise.text()).append(" |");
            for (RuntimeKind kind : RuntimeKind.values()) {
                String note = kind.note(promise);
                text.append(kind.keeps(promise) ? note.isEmpty() ? " yes" : " " + note : " no: " + note)
                        .append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }
}
