package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Help;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Reference;
import io.wherry.cli.table.Row;
import java.util.List;

/** Prints help. */
final class HelpCommand extends Command<HelpCommand.Words> {
    /** What its options fill. */
    static final class Words {
        boolean markdown;
        boolean caches;
    }

    @Override
    public Row row() {
        return new Row(
                "help",
                List.of(),
                Row.Section.HELP,
                Row.Cache.HOT,
                new Operands("[COMMAND]", 0, 2, false, Operands.Complete.COMMANDS),
                "Print help",
                List.of("wherry help run", "wherry help --markdown"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .flag("markdown", NONE, "Print the reference of all commands as Markdown", (w, v) -> w.markdown = v)
                .flag(
                        "caches",
                        NONE,
                        "Print which ahead-of-time cache each command starts from",
                        (w, v) -> w.caches = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        if (words.markdown) {
            session.out().print(Reference.markdown(Commands.all(), GlobalOptions.table()));
        } else if (words.caches) {
            session.out().print(Reference.caches(Commands.all()));
        } else {
            session.out().print(help(operands, session.width()));
        }
        return 0;
    }

    /** {@return the help of a command or group, or, for no name, the overview} */
    static String help(List<String> names, int width) {
        if (names.isEmpty()) {
            return Help.overview(Commands.all(), GlobalOptions.table(), width);
        }
        String name = String.join(" ", names);
        Command<?> command = Commands.find(name);
        if (command != null) {
            return Help.of(command, width);
        }
        if (Commands.isGroup(name)) {
            return Help.group(name, Commands.all(), width);
        }
        throw Commands.unknown(name);
    }
}
