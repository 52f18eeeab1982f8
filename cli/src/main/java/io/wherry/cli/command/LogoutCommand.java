package io.wherry.cli.command;

import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Registries;
import io.wherry.oci.ImageReference;
import java.util.List;

/** Forgets what a login has remembered. */
final class LogoutCommand extends Command<LogoutCommand.Words> {
    /** It has no options. */
    static final class Words {}

    @Override
    public Row row() {
        return new Row(
                "logout",
                List.of(),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("[HOST]", 0, 1, false, Operands.Complete.NOTHING),
                "Forget the login to a registry (default: docker.io)",
                List.of("wherry logout localhost:5000"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<>();
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String host = operands.isEmpty() ? ImageReference.DEFAULT_REGISTRY : operands.getFirst();
        boolean known = Registries.logout(host);
        session.out().print((known ? "Logged out of " : "Not logged in to ") + Screen.safe(host) + "\n");
        return 0;
    }
}
