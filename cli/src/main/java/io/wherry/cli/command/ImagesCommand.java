package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.DamagedImage;
import io.wherry.engine.Image;
import io.wherry.oci.ImageReference;
import io.wherry.oci.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Lists images. */
final class ImagesCommand extends Command<ImagesCommand.Words> {
    /** What its options fill. */
    static final class Words extends Listing.Words {
        boolean all;
        boolean digests;
    }

    @Override
    public Row row() {
        return new Row(
                "images",
                List.of("image ls", "image list"),
                Row.Section.IMAGES,
                Row.Cache.HOT,
                new Operands("[NAME]", 0, 1, false, Operands.Complete.IMAGES),
                "List images",
                List.of("wherry images", "wherry images --format '{{.Repository}}:{{.Tag}} {{.Size}}'"));
    }

    @Override
    public OptionTable<Words> options() {
        return Listing.options(
                new OptionTable<Words>()
                        .flag("all", 'a', "Accepted for docker's sake; all are listed", (w, v) -> w.all = v)
                        .flag("quiet", 'q', "Print ids only", (w, v) -> w.quiet = v)
                        .flag("digests", NONE, "Also the digests", (w, v) -> w.digests = v),
                "ids");
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        List<JsonObject> rows = new ArrayList<>();
        long now = System.currentTimeMillis() / 1000;
        String wanted =
                operands.isEmpty() ? "" : ImageReference.parse(operands.get(0)).name();
        for (Image image : session.engine().images()) {
            if (wanted.isEmpty() || image.reference().name().equals(wanted)) {
                rows.add(ImageRow.of(image, words.wide, now));
            }
        }
        for (DamagedImage damaged : session.engine().damagedImages()) {
            session.err()
                    .print("wherry: The image `" + Screen.safe(damaged.name()) + "` is damaged: "
                            + Screen.safe(damaged.damage()) + "\n");
        }
        Listing listing = words.digests ? ImageRow.WITH_DIGESTS : ImageRow.LISTING;
        listing.print(session.out(), rows, words);
        return 0;
    }
}
