package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.run.DetachKeys;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.Attachment;
import io.wherry.engine.CommandEngine;
import io.wherry.engine.Container;
import io.wherry.engine.ContainerSpec;
import io.wherry.kernel.launch.CommandLauncher;
import java.util.List;

/** Attaches to a container that runs. */
final class AttachCommand extends Command<AttachCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean noInput;
        boolean signals = true;
        String detachKeys = CommandLauncher.DETACH_KEYS;
    }

    @Override
    public Row row() {
        return new Row(
                "attach",
                List.of("container attach"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("CONTAINER", 1, 1, false, Operands.Complete.CONTAINERS),
                "Stay with a container that runs: its input, output and exit code",
                List.of("wherry attach web", "wherry attach --detach-keys ctrl-x --sig-proxy=false web"));
    }

    @Override
    public OptionTable<Words> options() {
        return DetachKeys.option(
                new OptionTable<Words>()
                        .flag("no-stdin", NONE, "Do not forward the input", (w, v) -> w.noInput = v)
                        .flag("sig-proxy", NONE, "Pass signals on to it (default true)", (w, v) -> w.signals = v),
                (w, v) -> w.detachKeys = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public String notes() {
        return "Several may attach to one container. It waits for the first of them to take its output; a later one that does not read is cut off.";
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        CommandEngine engine = session.engine();
        Container container = engine.container(operands.getFirst());
        ContainerSpec spec = container.spec();
        if (container.status().isAttended()) { // else the engine says what is wrong
            checkTerminal(session, row().name(), spec, !words.noInput);
        }
        engine.attach(
                operands.getFirst(),
                new Attachment(!words.noInput, true, true, passes(words.signals, spec), words.detachKeys));
        return 0;
    }

    /** A terminal is typed on by a terminal. */
    static void checkTerminal(Session session, String command, ContainerSpec spec, boolean input) {
        if (input && spec.terminal() && spec.interactive() && !session.context().isTerminal(0)) {
            throw new UsageException(
                    command,
                    List.of(
                            "The container has a terminal, and the input of this command is none; leave the input out."),
                    1);
        }
    }

    /** As docker: what is typed on a terminal reaches the container as keys, and no signal is passed on. */
    static boolean passes(boolean asked, ContainerSpec spec) {
        return asked && !spec.terminal();
    }
}
