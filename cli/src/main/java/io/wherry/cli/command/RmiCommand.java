package io.wherry.cli.command;

import io.wherry.cli.output.Complaint;
import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.oci.WherryException;
import java.util.List;

/** Removes images. */
final class RmiCommand extends Command<RmiCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean force;
    }

    @Override
    public Row row() {
        return new Row(
                "rmi",
                List.of("image rm", "image remove"),
                Row.Section.IMAGES,
                Row.Cache.HOT,
                new Operands("IMAGE [IMAGE...]", 1, Operands.MANY, false, Operands.Complete.IMAGES),
                "Remove images",
                List.of("wherry rmi debian:12"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag(
                        "force",
                        'f',
                        "Also those that ended containers use, and pass over those that are gone",
                        (w, v) -> w.force = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        int code = 0;
        for (String name : operands) {
            try {
                engine.removeImage(name, words.force);
                session.out().print("Untagged: " + Screen.safe(name) + "\n");
            } catch (WherryException e) {
                if (!words.force || e.kind() != WherryException.Kind.NOT_FOUND) {
                    Complaint.print(session.err(), e.getMessage(), e.hint().orElse(""));
                    code = 1;
                }
            }
        }
        return code;
    }
}
