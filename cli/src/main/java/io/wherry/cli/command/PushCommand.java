package io.wherry.cli.command;

import io.wherry.cli.output.Screen;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.PushListener;
import io.wherry.engine.RegistryPush;
import io.wherry.oci.ImageReference;
import java.util.ArrayList;
import java.util.List;

/** Pushes images. */
final class PushCommand extends Command<PushCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean quiet;
        boolean all;
    }

    @Override
    public Row row() {
        return new Row(
                "push",
                List.of("image push"),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("NAME [NAME...]", 1, Operands.MANY, false, Operands.Complete.IMAGES),
                "Push images to their registries",
                List.of("wherry push localhost:5000/tools:2", "wherry push -a localhost:5000/tools"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("all-tags", 'a', "All tags of the name that are here", (w, v) -> w.all = v)
                .flag("quiet", 'q', "Print the name only", (w, v) -> w.quiet = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        Engine engine = session.engine();
        for (String operand : operands) {
            for (String name : words.all ? Pulls.tags(engine, operand) : List.of(operand)) {
                List<String> notes = new ArrayList<>();
                PushListener listener = words.quiet ? PushListener.NONE : Pulls.pushListener(session);
                RegistryPush.Done done = engine.push(name, listener, notes);
                Pulls.tell(session, notes);
                session.out().print(words.quiet ? done.reference().familiar() + "\n" : line(done));
            }
        }
        return 0;
    }

    /** As Docker has it. */
    private static String line(RegistryPush.Done done) {
        String tag = done.reference().tag().orElse(ImageReference.DEFAULT_TAG);
        return Screen.safe(tag) + ": digest: " + done.digest() + " size: " + done.size() + "\n";
    }
}
