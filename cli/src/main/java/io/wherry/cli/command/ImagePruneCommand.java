package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Option;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.BlobPrune;
import io.wherry.engine.Engine;
import io.wherry.engine.ImagePrune;
import java.util.ArrayList;
import java.util.List;

/** Removes what no image needs, and with {@code --all} images that nothing uses. */
final class ImagePruneCommand extends Command<ImagePruneCommand.Words> {
    private static final String NAME = "image prune";

    /** What its options fill. */
    static final class Words {
        boolean all;
        boolean blobs;
        boolean force;
        List<String> filters = new ArrayList<>();
    }

    @Override
    public Row row() {
        return new Row(
                NAME,
                List.of(),
                Row.Section.IMAGES,
                Row.Cache.HOT,
                Operands.NONE,
                "Remove images without a name and what no image needs, or all that nothing uses",
                List.of(
                        "wherry image prune -f",
                        "wherry image prune -af --filter until=240h",
                        "wherry image prune --blobs"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("all", 'a', "Also images from which no container was made", (w, v) -> w.all = v)
                .flag(
                        "blobs",
                        Option.NONE,
                        "Only blobs that are unpacked and a registry has; images stay",
                        (w, v) -> w.blobs = v)
                .flag("force", 'f', "Do not ask", (w, v) -> w.force = v)
                .list(
                        "filter",
                        Option.NONE,
                        "KEY=VALUE",
                        "Only images with label=, label!=, until=",
                        (w, v) -> w.filters.add(v));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        ImageFilter filter = new ImageFilter(words.filters);
        if (words.all && words.blobs) {
            throw new UsageException(
                    NAME, List.of("Option `--blobs` keeps all images, and `--all` does not."), misuse());
        }
        String what = words.blobs
                ? "This removes the blobs of pulled images, which are fetched again if a push, save or commit needs them."
                : words.all
                        ? "This removes all images from which no container was made."
                        : "This removes blobs and layers that no image needs.";
        if (!Consent.given(session, what, words.force, Prunes.unasked(NAME, what, misuse()))) {
            return 1;
        }
        Engine engine = session.engine();
        Prunes.print(
                session,
                words.blobs
                        ? engine.pruneBlobs(new BlobPrune(filter))
                        : engine.pruneImages(new ImagePrune(words.all, filter)));
        return 0;
    }
}
