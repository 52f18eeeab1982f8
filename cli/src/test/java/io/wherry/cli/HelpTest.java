package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.cli.command.Commands;
import io.wherry.cli.table.Command;
import org.junit.jupiter.api.Test;

class HelpTest {
    @Test
    void theFirstScreenIsTheSameForNoWordAndForHelp() {
        String alone = new CommandLine().run().out();

        assertThat(new CommandLine().run("--help").out()).isEqualTo(alone);
        assertThat(new CommandLine().run("help").out()).isEqualTo(alone);
        assertThat(new CommandLine().run("-h").out()).isEqualTo(alone);
        Golden.check("help.txt", alone);
    }

    @Test
    void everyCommandHasHelp() {
        StringBuilder all = new StringBuilder();
        for (Command<?> command : Commands.all()) {
            CommandLine line = new CommandLine().run(command.row().name(), "--help");
            assertThat(line.code()).isZero();
            assertThat(line.err()).isEmpty();
            all.append("$ wherry ")
                    .append(command.row().name())
                    .append(" --help\n")
                    .append(line.out())
                    .append('\n');
        }
        Golden.check("help-commands.txt", all.toString());
    }

    @Test
    void noLineOfHelpIsWiderThanTheTerminal() {
        for (Command<?> command : Commands.all()) {
            new CommandLine()
                    .run(command.row().name(), "--help")
                    .out()
                    .lines()
                    .forEach(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        }
    }

    @Test
    void aGroupListsItsCommands() {
        assertThat(new CommandLine().run("container").out())
                .isEqualTo(new CommandLine().run("container", "--help").out())
                .contains("Usage: wherry container COMMAND", "  run      Run a command", "  ls ");
    }

    @Test
    void helpComesBeforeComplaints() {
        CommandLine line = new CommandLine().run("run", "-m", "lots", "--help");

        assertThat(line.code()).isZero();
        assertThat(line.out()).startsWith("Run a command in a new container.");
    }

    @Test
    void theReferenceNamesEveryOption() {
        String reference = new CommandLine().run("help", "--markdown").out();

        Golden.check("reference.md", reference);
    }

    @Test
    void everyNameHasACache() {
        assertThat(new CommandLine().run("help", "--caches").out())
                .contains("run\trun\n", "container run\trun\n", "ps\thot\n", "pull\tfull\n");
    }

    @Test
    void everyAliasFindsItsCommand() {
        for (Command<?> command : Commands.all()) {
            for (String alias : command.row().aliases()) {
                Command<?> found = Commands.find(alias);
                assertThat(found).as(alias).isNotNull();
                assertThat(found.getClass()).isEqualTo(command.getClass());
            }
        }
    }
}
