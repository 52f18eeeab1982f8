package io.wherry.cli.command;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.BashCompletion;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import java.util.List;

/** Prints a completion script. */
final class CompletionCommand extends Command<CompletionCommand.Words> {
    /** What its options fill. */
    static final class Words {
        private Words() {}
    }

    @Override
    public Row row() {
        return new Row(
                "completion",
                List.of(),
                Row.Section.HELP,
                Row.Cache.FULL,
                new Operands("bash", 1, 1, false, Operands.Complete.NOTHING),
                "Print a completion script for a shell",
                List.of("source <(wherry completion bash)"));
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
        if (!operands.getFirst().equals("bash")) {
            throw new UsageException(
                    "completion", List.of("There is completion for `bash`, not for `" + operands.getFirst() + "`."), 1);
        }
        session.out().print(BashCompletion.script(Commands.all(), GlobalOptions.table()));
        return 0;
    }
}
