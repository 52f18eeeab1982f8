package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.RawOutput;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.FileChange;
import io.wherry.oci.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Lists what a container has changed of its image's files. */
final class DiffCommand extends Command<Listing.Words> {
    @Override
    public Row row() {
        return new Row(
                "diff",
                List.of("container diff"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER", 1, 1, false, Operands.Complete.CONTAINERS),
                "List what a container has changed of its image's files",
                List.of("wherry diff web", "wherry diff --json web"));
    }

    @Override
    public OptionTable<Listing.Words> options() {
        return new OptionTable<Listing.Words>()
                .text("format", NONE, "TEMPLATE", "A Go template, `table TEMPLATE` or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v);
    }

    @Override
    public Listing.Words words() {
        return new Listing.Words();
    }

    @Override
    public String notes() {
        return "A: added, C: changed, or something in it was, D: deleted, with all that was in it. What was made for mounts is not listed.";
    }

    @Override
    public int run(Session session, Listing.Words words, List<String> operands) {
        List<FileChange> changes = session.engine().trees().changes(operands.getFirst());
        if (words.json || words.format != null) {
            List<JsonObject> rows = new ArrayList<>();
            for (FileChange change : changes) {
                rows.add(JsonObject.builder()
                        .put("Kind", change.letter())
                        .put("Path", "/" + text(change.path()))
                        .build());
            }
            JsonObject titles =
                    JsonObject.builder().put("Kind", "KIND").put("Path", "PATH").build();
            new Listing(titles, List.of("Kind", "Path")).print(session.out(), rows, words);
            return 0;
        }
        RawOutput out = new RawOutput(session.out(), session.context().isTerminal(1));
        for (FileChange change : changes) {
            byte[] line = (change.letter() + " /" + change.path() + "\n").getBytes(StandardCharsets.ISO_8859_1);
            if (!out.write(line, line.length)) {
                return RawOutput.BROKEN;
            }
        }
        return 0;
    }

    private static String text(String path) {
        return new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
