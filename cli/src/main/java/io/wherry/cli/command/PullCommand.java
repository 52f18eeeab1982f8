package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Image;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pulls an image. */
final class PullCommand extends Command<PullCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean quiet;
        boolean folder;

        @Nullable
        String platform;
    }

    @Override
    public Row row() {
        return new Row(
                "pull",
                List.of("image pull"),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("IMAGE [FOLDER]", 1, 2, false, Operands.Complete.NOTHING),
                "Pull an image from a registry, or into a folder",
                List.of(
                        "wherry pull debian:12",
                        "wherry pull debian:12 ./box",
                        "wherry pull --platform linux/arm64 localhost:5000/tools"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("quiet", 'q', "Print the name only", (w, v) -> w.quiet = v)
                .flag("dir", NONE, "Into a folder named after the image", (w, v) -> w.folder = v)
                .text("platform", NONE, "OS/ARCH", "Which of the image's platforms", (w, v) -> w.platform = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String name = operands.get(0);
        if (words.folder || operands.size() > 1) {
            Optional<String> folder = operands.size() > 1 ? Optional.of(operands.get(1)) : Optional.empty();
            Path made = Pulls.intoFolder(
                    session, session.engine(), name, folder, Optional.ofNullable(words.platform), words.quiet);
            session.out().print(made + "\n");
            return 0;
        }
        Image image = Pulls.pull(session, session.engine(), name, Optional.ofNullable(words.platform), words.quiet);
        session.out()
                .print((words.quiet
                                ? image.reference().familiar()
                                : image.reference().familiar() + " " + image.manifest())
                        + "\n");
        return 0;
    }
}
