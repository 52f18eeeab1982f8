package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.CommitSpec;
import io.wherry.engine.Image;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Makes an image of a container. */
final class CommitCommand extends Command<CommitCommand.Words> {
    private static final String EPOCH = "SOURCE_DATE_EPOCH";

    /** What its options fill. */
    static final class Words {
        String author = "";
        String message = "";
        List<String> changes = new ArrayList<>();
        boolean pause = true;
    }

    @Override
    public Row row() {
        return new Row(
                "commit",
                List.of("container commit"),
                Row.Section.CONTAINERS,
                Row.Cache.FULL,
                new Operands("CONTAINER [NAME[:TAG]]", 1, 2, false, Operands.Complete.CONTAINERS),
                "Make an image of a container: its image's files and what it changed",
                List.of("wherry commit web web:fixed", "wherry commit -m 'With vim' -c 'CMD [\"vim\"]' dev me/dev"));
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
                .flag("pause", 'p', "Let the container stand still meanwhile (default true)", (w, v) -> w.pause = v);
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
        List<String> notes = new ArrayList<>();
        Image image = session.engine()
                .trees()
                .commit(
                        operands.getFirst(),
                        new CommitSpec(
                                operands.size() > 1 ? Optional.of(operands.get(1)) : Optional.empty(),
                                words.author,
                                words.message,
                                words.changes,
                                words.pause,
                                epoch(session)),
                        notes);
        notes.forEach(session.err()::println);
        session.out().println(image.id());
        return 0;
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
