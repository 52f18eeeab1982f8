package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.Image;
import io.wherry.engine.PullListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Loads images from an archive. */
final class LoadCommand extends Command<LoadCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean quiet;

        @Nullable
        String input;

        @Nullable
        String platform;
    }

    @Override
    public Row row() {
        return new Row(
                "load",
                List.of("image load"),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("", 0, 0, false, Operands.Complete.NOTHING),
                "Load images from an archive, or from an OCI image layout",
                List.of("wherry load -i images.tar.gz", "docker save tools | wherry load", "wherry load -i ./layout"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("input", 'i', "FILE", "Read a file or a layout's folder, not the input", (w, v) -> w.input = v)
                .flag("quiet", 'q', "Print names only", (w, v) -> w.quiet = v)
                .text("platform", NONE, "OS/ARCH", "Only images for this platform", (w, v) -> w.platform = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        Optional<String> platform = Optional.ofNullable(words.platform);
        PullListener progress = words.quiet ? PullListener.NONE : Pulls.listener(session, "loading", "loaded");
        List<String> notes = new ArrayList<>();
        Consumer<Image> loaded = image -> {
            String name = image.reference().isUnnamed()
                    ? "Loaded image ID: " + image.id()
                    : "Loaded image: " + Screen.safe(image.reference().familiar());
            session.out().print(name + "\n");
        };
        if (words.input == null) {
            String instead = "Give it a file: `wherry load -i FILE`, or `wherry load < FILE`.";
            engine.load(StandardInput.archive(session, instead), platform, progress, notes, loaded);
        } else {
            engine.load(Path.of(words.input), platform, progress, notes, loaded);
        }
        Pulls.tell(session, notes);
        return 0;
    }
}
