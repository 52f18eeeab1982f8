package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Pruned;
import java.util.List;

/** Prints what a prune has removed, as docker does. Stateless. */
final class Prunes {
    private Prunes() {}

    /** {@return the refusal of a prune that nobody can be asked about} */
    static UsageException unasked(String command, String what, int code) {
        return new UsageException(
                command, List.of(what.substring(0, what.length() - 1) + "; say so with `--force`."), code);
    }

    /** Names or ids that are gone, under a title; nothing if there are none. */
    static void list(Session session, String what, List<String> gone) {
        if (!gone.isEmpty()) {
            session.out().print("Deleted " + what + ":\n" + String.join("\n", gone) + "\n\n");
        }
    }

    static void print(Session session, Pruned pruned) {
        images(session, pruned);
        session.out().print("Total reclaimed space: " + Human.size(pruned.bytes()) + "\n");
    }

    /** All but the sum. */
    static void images(Session session, Pruned pruned) {
        if (!pruned.untagged().isEmpty() || !pruned.deleted().isEmpty()) {
            session.out().print("Deleted Images:\n");
            for (String name : pruned.untagged()) {
                session.out().print("untagged: " + Screen.safe(name) + "\n");
            }
            for (String digest : pruned.deleted()) {
                session.out().print("deleted: " + digest + "\n");
            }
            session.out().print("\n");
        }
        for (String note : pruned.notes()) {
            session.err().print("wherry: " + Screen.safe(note) + "\n");
        }
    }
}
