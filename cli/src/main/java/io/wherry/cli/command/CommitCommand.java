package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.run.MountWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.CommitSpec;
import io.wherry.engine.Image;
import io.wherry.engine.PlainFolder;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes an image of a container, or of a folder. */
final class CommitCommand extends Command<CommitCommand.Words> {
    private static final String EPOCH = "SOURCE_DATE_EPOCH";

    /** What its options fill. */
    static final class Words {
        String author = "";
        String message = "";
        List<String> changes = new ArrayList<>();
        boolean pause = true;

        @Nullable
        String platform;
    }

    @Override
    public Row row() {
        return new Row(
                "commit",
                List.of("container commit"),
                Row.Section.CONTAINERS,
                Row.Cache.FULL,
                new Operands("CONTAINER|FOLDER [NAME[:TAG]]", 1, 2, false, Operands.Complete.CONTAINERS),
                "Make an image of a container, or of a folder such as `./box`",
                List.of(
                        "wherry commit web web:fixed",
                        "wherry commit -m 'With vim' -c 'CMD [\"vim\"]' dev me/dev",
                        "wherry commit ./box localhost:5000/box:1"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("author", 'a', "TEXT", "Who made the image", (w, v) -> w.author = v)
                .text("message", 'm', "TEXT", "Why, for its history", (w, v) -> w.message = v)
                .list(
                        "change",
                        'c',
                        "INSTRUCTION",
                        "Change its configuration by an instruction of a Dockerfile",
                        (w, v) -> w.changes.add(v))
                .flag("pause", 'p', "Let the container stand still meanwhile (default true)", (w, v) -> w.pause = v)
                .text(
                        "platform",
                        NONE,
                        "OS/ARCH",
                        "What a folder is for (default: this host)",
                        (w, v) -> w.platform = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "Volumes and binds are no part of the image. With " + EPOCH
                + " in the environment, equal changes make an equal image: nothing in it is younger.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String from = operands.getFirst();
        CommitSpec spec = new CommitSpec(
                operands.size() > 1 ? Optional.of(operands.get(1)) : Optional.empty(),
                words.author,
                words.message,
                words.changes,
                words.pause,
                epoch(session));
        List<String> notes = new ArrayList<>();
        Image image = MountWords.isPath(from)
                ? session.engine().trees().commit(PlainFolder.open(from), platform(words), spec, notes)
                : ofContainer(session, words, from, spec, notes);
        Pulls.tell(session, notes);
        session.out().println(image.id());
        return 0;
    }

    private static Platform platform(Words words) {
        return words.platform == null ? Platform.host() : Platform.parse(words.platform);
    }

    private Image ofContainer(Session session, Words words, String name, CommitSpec spec, List<String> notes) {
        if (words.platform != null) {
            throw new UsageException(
                    "commit",
                    List.of(
                            "Option `--platform` is for folders; an image of a container is for what the one below it is for."),
                    misuse());
        }
        return session.engine().trees().commit(name, spec, notes);
    }

    private static OptionalLong epoch(Session session) {
        String text = session.environment().get(EPOCH);
        if (text == null || text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (text.length() > 11 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The variable " + EPOCH + " is `" + text + "`; it must be a number of seconds since 1970.");
        }
        return OptionalLong.of(Long.parseLong(text));
    }
}
