package io.wherry.cli.command;

import io.wherry.cli.run.Asked;
import io.wherry.cli.run.CidFile;
import io.wherry.cli.run.RunOptions;
import io.wherry.cli.run.RunWords;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Parser;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Attachment;
import io.wherry.engine.CommandEngine;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.CreationListener;
import io.wherry.engine.Engine;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs a command in a new container. */
final class RunCommand extends Command<RunWords> implements Stays {
    /** Docker's code for a failure of the engine, so that it is not taken for the container's own. */
    static final int MISUSE = 125;

    static final Operands OPERANDS = new Operands(
            "IMAGE|FOLDER [COMMAND] [ARG...]", 0, Operands.MANY, true, Operands.Complete.IMAGES_OR_FOLDERS);

    @Override
    public int misuse() {
        return MISUSE;
    }

    @Override
    public Row row() {
        return new Row(
                "run",
                List.of("container run"),
                Row.Section.CONTAINERS,
                Row.Cache.RUN,
                OPERANDS,
                "Run a command in a new container",
                List.of(
                        "wherry run hello",
                        "wherry run --rm -it debian:12 bash",
                        "wherry run --rm -it --rootfs /:O bash",
                        "wherry run -it ./box sh",
                        "wherry run --rm -m 64m --cpus 0.5 -v .:/src:ro -w /src gcc:14 make"));
    }

    @Override
    public OptionTable<RunWords> options() {
        return RunOptions.table();
    }

    @Override
    public RunWords words() {
        return new RunWords();
    }

    @Override
    public int run(Session session, RunWords words, List<String> operands) {
        if (words.dir != null && !operands.isEmpty()) {
            pullInto(session, words.dir, words, operands.getFirst());
        }
        ContainerSpec spec = Asked.from(words, operands, session.environment(), session.context());
        if (spec.terminal()
                && spec.interactive()
                && !spec.detached()
                && !session.context().isTerminal(0)) {
            throw new UsageException(
                    "run",
                    List.of("Options `-i` and `-t` need a terminal as input, and it is none; leave `-t` out."),
                    1);
        }
        CommandEngine engine = session.engine();
        words.check(engine.facts());
        if (words.folder != null) {
            words.folder.makeVolumes(spec);
        }
        if (words.debug) {
            pullIfAsked(session, engine, spec, words);
            session.err().print(engine.explain(spec).text(false, false) + "\n");
        }
        if (words.cidFile == null) {
            pullIfAsked(session, engine, spec, words);
            start(engine, spec, words, CreationListener.NONE);
            return 0;
        }
        try (CidFile file = CidFile.reserve(words.cidFile)) {
            pullIfAsked(session, engine, spec, words);
            start(engine, spec, words, file);
        }
        return 0;
    }

    private static void start(CommandEngine engine, ContainerSpec spec, RunWords words, CreationListener listener) {
        if (words.step) {
            engine.step(spec, words.attachment(), listener);
        } else {
            engine.run(spec, words.attachment(), listener);
        }
    }

    @Override
    public Attachment attachment(List<String> line) {
        RunWords words = words();
        new Parser<>("run", options(), OPERANDS, MISUSE).parse(line, words);
        return words.attachment();
    }

    /** Brings the image if it is not here, or always, or never, as {@code --pull} says. */
    static void pullIfAsked(Session session, Engine engine, ContainerSpec spec, RunWords words) {
        String policy = words.pull;
        if (spec.image().isEmpty() || policy.equals("never")) {
            return;
        }
        String name = spec.image().get();
        if (policy.equals("always") || !engine.hasImage(name)) {
            try {
                Pulls.pull(session, engine, name, spec.platform(), words.quiet);
            } catch (WherryException e) {
                throw isFolder(name) ? ofFolder(name, e) : e;
            }
        }
    }

    /** Brings the image into the folder if there is none. */
    private static void pullInto(Session session, String folder, RunWords words, String image) {
        Optional<String> platform = words.spec.platform;
        if (!Files.exists(Path.of(folder), LinkOption.NOFOLLOW_LINKS)) {
            Pulls.intoFolder(session, session.engine(), image, Optional.of(folder), platform, words.quiet);
            words.spec.platform = Optional.empty(); // that was what it was for
        }
    }

    private static boolean isFolder(String name) {
        return Files.isRegularFile(Path.of(name, "config.json"));
    }

    private static WherryException ofFolder(String name, WherryException e) {
        return new WherryException(
                e.kind(), e.getMessage(), "There is a folder of that name: `wherry run ./" + name + "` runs it.", e);
    }
}
