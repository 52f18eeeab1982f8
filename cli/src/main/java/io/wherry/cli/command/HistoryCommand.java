package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.ImageHistory;
import io.wherry.oci.Digest;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Shows how an image was made. */
final class HistoryCommand extends Command<HistoryCommand.Words> {
    private static final int CREATED_BY_WIDTH = 45;

    /** What its options fill. */
    static final class Words extends Listing.Words {
        boolean human = true;
    }

    @Override
    public Row row() {
        return new Row(
                "history",
                List.of("image history"),
                Row.Section.IMAGES,
                Row.Cache.HOT,
                new Operands("IMAGE", 1, 1, false, Operands.Complete.IMAGES),
                "Show how an image was made, the last step first",
                List.of("wherry history debian:12", "wherry history --no-trunc --format '{{.CreatedBy}}' debian:12"));
    }

    @Override
    public OptionTable<Words> options() {
        return Listing.options(
                new OptionTable<Words>()
                        .flag("human", 'H', "Print ages and sizes for people (default true)", (w, v) -> w.human = v)
                        .flag("quiet", 'q', "Print ids only", (w, v) -> w.quiet = v),
                "ids and commands");
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "Only the last step has an id, since the others were never images here. Sizes are of unpacked files.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        Digest id = engine.image(operands.getFirst()).id();
        long now = System.currentTimeMillis() / 1000;
        List<JsonObject> rows = new ArrayList<>();
        for (ImageHistory step : engine.history(operands.getFirst())) {
            String name = words.wide ? id.toString() : Human.shortId(id.hex());
            rows.add(row(step, rows.isEmpty() ? name : "<missing>", words, now));
        }
        listing(words.human).print(session.out(), rows, words);
        return 0;
    }

    private static Listing listing(boolean human) {
        JsonObject titles = JsonObject.builder()
                .put("ID", "IMAGE")
                .put("CreatedSince", "CREATED")
                .put("CreatedAt", "CREATED AT")
                .put("CreatedBy", "CREATED BY")
                .put("Size", "SIZE")
                .put("Comment", "COMMENT")
                .build();
        return new Listing(titles, List.of("ID", human ? "CreatedSince" : "CreatedAt", "CreatedBy", "Size", "Comment"));
    }

    private static JsonObject row(ImageHistory step, String id, Words words, long now) {
        String by = step.createdBy().replace('\t', ' ');
        return JsonObject.builder()
                .put("ID", id)
                .put(
                        "CreatedSince",
                        step.created().isEmpty() ? "N/A" : Human.ago(ContainerRow.seconds(step.created()), now))
                .put("CreatedAt", step.created())
                .put("CreatedBy", words.wide ? by : Screen.shortened(by, CREATED_BY_WIDTH))
                .put("Size", words.human ? Human.size(step.size()) : Long.toString(step.size()))
                .put("Comment", step.comment())
                .build();
    }
}
