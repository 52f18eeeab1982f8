package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Option;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.ImagePrune;
import io.wherry.engine.SystemPrune;
import io.wherry.engine.VolumeCatalog;
import java.util.ArrayList;
import java.util.List;

/** Removes all that nothing uses. */
final class SystemPruneCommand extends Command<SystemPruneCommand.Words> {
    private static final String NAME = "system prune";

    /** What its options fill. */
    static final class Words {
        boolean all;
        boolean volumes;
        boolean force;
        List<String> filters = new ArrayList<>();
    }

    @Override
    public Row row() {
        return new Row(
                NAME,
                List.of(),
                Row.Section.HOST,
                Row.Cache.HOT,
                Operands.NONE,
                "Remove all that nothing uses: stopped containers, what no image needs, caches, networks",
                List.of("wherry system prune -f", "wherry system prune -af"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("all", 'a', "Also images from which no other container was made", (w, v) -> w.all = v)
                .flag(
                        "volumes",
                        Option.NONE,
                        "Also volumes without a name that no container has",
                        (w, v) -> w.volumes = v)
                .flag("force", 'f', "Do not ask", (w, v) -> w.force = v)
                .list(
                        "filter",
                        Option.NONE,
                        "KEY=VALUE",
                        "Only images with label=, label!=, until=, and containers with label=",
                        (w, v) -> w.filters.add(v));
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        List<String> labels = new ArrayList<>();
        for (String filter : words.filters) {
            if (filter.startsWith("label=")) {
                labels.add(filter);
            }
        }
        ImageFilter images = new ImageFilter(words.filters);
        String what =
                "This removes all containers that do not run, the bridge if no container is left on it, the blobs kept for pulls into folders, and "
                        + (words.volumes ? "volumes without a name that no container has, and " : "")
                        + (words.all ? "all images from which no other container was made." : "what no image needs.");
        if (!Consent.given(session, what, words.force, Prunes.unasked(NAME, what, misuse()))) {
            return 1;
        }
        Engine engine = session.engine();
        ContainerFilter containers = new ContainerFilter(labels, engine);
        SystemPrune.Result result =
                engine.prune(new SystemPrune(containers::accepts, new ImagePrune(words.all, images)));
        Prunes.list(session, "Containers", result.containers());
        Prunes.list(session, "Networks", result.networks());
        long bytes = result.bytes();
        if (words.volumes) {
            VolumeCatalog.Pruned volumes = engine.volumes().prune(false, volume -> true);
            Prunes.list(session, "Volumes", volumes.names());
            bytes += volumes.bytes();
        }
        Prunes.images(session, result.images());
        session.out().print("Total reclaimed space: " + Human.size(bytes) + "\n");
        return 0;
    }
}
