package io.wherry.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A terminal for a program under test. The command's input is typed on it as it is, so {@code \003} is Ctrl-C; its end is not typed. What the program shows,
 * with carriage returns, is the command's output. If the terminal's modes are not the same afterwards, {@code pty: modes changed} is its error output.
 *
 * @param rows 1 to 65535
 * @param columns 1 to 65535
 * @param changes later sizes, as {@link Payload#PTY} takes them
 */
public record Terminal(int rows, int columns, List<String> changes) {
    public Terminal {
        changes = List.copyOf(changes);
    }

    public static Terminal of(int rows, int columns) {
        return new Terminal(rows, columns, List.of());
    }

    /** {@return this terminal, which gets another size so long after the program's start} */
    public Terminal resizedAfter(Duration time, int newRows, int newColumns) {
        List<String> more = new ArrayList<>(changes);
        more.add(time.toMillis() + ":" + newRows + "x" + newColumns);
        return new Terminal(rows, columns, more);
    }

    /** {@return the command on this terminal} */
    public Command around(Command command) {
        List<String> words = new ArrayList<>(List.of(Payload.PTY.path().toString(), "-s", rows + "x" + columns));
        for (String change : changes) {
            words.addAll(List.of("-r", change));
        }
        return command.under(words.toArray(String[]::new));
    }
}
