package io.wherry.cli.command;

import io.wherry.cli.output.PullProgress;
import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.engine.Engine;
import io.wherry.engine.Image;
import io.wherry.engine.PullListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pulls with progress on the error output: redrawn on a terminal, one line a layer elsewhere, nothing if quiet. */
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
        int width = session.context().isTerminal(ERROR_OUTPUT)
                ? Math.max(1, session.context().width())
                : 0;
        PullProgress progress =
                new PullProgress(session.err(), width, session.context().height());
        return (layer, state, bytes, total) -> {
            String digits = layer.substring(layer.indexOf(':') + 1);
            if (state == PullListener.State.COMING) {
                progress.moved(digits, doing, bytes, total);
            } else {
                progress.finished(digits, state == PullListener.State.PRESENT ? "already here" : done);
            }
        };
    }

    static void tell(Session session, List<String> notes) {
        for (String note : notes) {
            session.err().print("wherry: " + Screen.safe(note) + "\n");
        }
    }
}
