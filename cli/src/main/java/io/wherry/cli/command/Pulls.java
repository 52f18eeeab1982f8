package io.wherry.cli.command;

import io.wherry.cli.output.PullProgress;
import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.engine.Engine;
import io.wherry.engine.Image;
import io.wherry.engine.PullListener;
import io.wherry.engine.PushListener;
import io.wherry.oci.ImageReference;
import io.wherry.oci.WherryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pulls and pushes with progress on the error output: redrawn on a terminal, one line a layer elsewhere, nothing if quiet. */
final class Pulls {
    private static final int ERROR_OUTPUT = 2;

    private Pulls() {}

    static Image pull(Session session, Engine engine, String name, Optional<String> platform, boolean quiet) {
        List<String> notes = new ArrayList<>();
        Image image =
                engine.pull(name, platform, quiet ? PullListener.NONE : listener(session, "pulling", "pulled"), notes);
        tell(session, notes);
        return image;
    }

    static Path intoFolder(
            Session session,
            Engine engine,
            String name,
            Optional<String> folder,
            Optional<String> platform,
            boolean quiet) {
        List<String> notes = new ArrayList<>();
        Path made = engine.pullFolder(
                name, folder, platform, quiet ? PullListener.NONE : listener(session, "pulling", "pulled"), notes);
        tell(session, notes);
        return made;
    }

    /**
     * {@return what shows progress}
     *
     * @param doing what happens to a layer, such as {@code pulling}
     * @param done the same when it has
     */
    static PullListener listener(Session session, String doing, String done) {
        PullProgress progress = progress(session);
        return new PullListener() {
            @Override
            public void layer(String layer, State state, long bytes, long total) {
                String digits = layer.substring(layer.indexOf(':') + 1);
                if (state == State.COMING) {
                    progress.moved(digits, doing, bytes, total);
                } else {
                    progress.finished(digits, state == State.PRESENT ? "already here" : done);
                }
            }

            @Override
            public void passedOver(String remark) {
                if (session.globals().debug) {
                    tell(session, List.of(remark));
                }
            }
        };
    }

    static PushListener pushListener(Session session) {
        PullProgress progress = progress(session);
        return (layer, state, done, total) -> {
            String digits = layer.substring(layer.indexOf(':') + 1);
            switch (state) {
                case GOING -> progress.moved(digits, "pushing", done, total);
                case PRESENT -> progress.finished(digits, "already there");
                case MOUNTED -> progress.finished(digits, "taken from another repository");
                case SENT -> progress.finished(digits, "pushed");
            }
        };
    }

    private static PullProgress progress(Session session) {
        int width = session.context().isTerminal(ERROR_OUTPUT)
                ? Math.max(1, session.context().width())
                : 0;
        return new PullProgress(session.err(), width, session.context().height());
    }

    /** {@return the names of all images here that differ from a name by their tag only} */
    static List<String> tags(Engine engine, String name) {
        ImageReference wanted = ImageReference.parse(name);
        if (!wanted.familiarName().equals(name) && !wanted.name().equals(name)) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "With --all-tags, the name `" + name + "` must have no tag.",
                    "Write `" + wanted.familiarName() + "`.");
        }
        List<String> names = new ArrayList<>();
        for (Image image : engine.images()) {
            if (image.reference().name().equals(wanted.name())) {
                names.add(image.reference().toString());
            }
        }
        if (names.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND,
                    "There is no image `" + name + "` here, with any tag.",
                    "`wherry images` lists those that are.");
        }
        return names;
    }

    static void tell(Session session, List<String> notes) {
        for (String note : notes) {
            session.err().print("wherry: " + Screen.safe(note) + "\n");
        }
    }
}
