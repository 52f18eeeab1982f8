package io.wherry.cli.table;

import java.util.List;

/** Writes the help of a command from its row and its table, for people at a terminal. */
public final class Help {
    private static final int NARROWEST = 60;
    private static final int WIDEST = 100;

    private final StringBuilder out = new StringBuilder();
    private final int width;

    private Help(int width) {
        this.width = width <= 0 ? WIDEST : Math.max(NARROWEST, Math.min(WIDEST, width));
    }

    /**
     * The help of one command.
     *
     * @param width columns of the terminal, 0 unknown
     */
    public static String of(Command<?> command, int width) {
        Help help = new Help(width);
        help.command(command);
        return help.out.toString();
    }

    /** The first screen: what the program is, all commands, its own options. */
    public static String overview(List<? extends Command<?>> commands, OptionTable<?> globals, int width) {
        Help help = new Help(width);
        help.overview(commands, globals);
        return help.out.toString();
    }

    /** The commands of a group: {@code container}, {@code image}, {@code system}. */
    public static String group(String group, List<? extends Command<?>> commands, int width) {
        Help help = new Help(width);
        help.out.append("Usage: wherry ").append(group).append(" COMMAND\n\n");
        int column = 0;
        for (Command<?> command : commands) {
            column = Math.max(column, inGroup(command.row(), group).length());
        }
        for (Command<?> command : commands) {
            String name = inGroup(command.row(), group);
            if (!name.isEmpty()) {
                help.entry(name, column, command.row().summary());
            }
        }
        help.out.append("\nSee `wherry ").append(group).append(" COMMAND --help`.\n");
        return help.out.toString();
    }

    /** The second word of the first alias that belongs to a group; empty: none does. */
    private static String inGroup(Row row, String group) {
        for (String alias : row.aliases()) {
            if (alias.startsWith(group + " ")) {
                return alias.substring(group.length() + 1);
            }
        }
        return "";
    }

    private void overview(List<? extends Command<?>> commands, OptionTable<?> globals) {
        out.append("Wherry pulls OCI images and runs them as containers, without a daemon and without root.\n");
        out.append("Each container is a program for the kernel; `wherry explain` shows it before it runs.\n\n");
        out.append("Usage: wherry [OPTIONS] COMMAND\n");
        for (Row.Section section : Row.Section.values()) {
            if (section == Row.Section.HIDDEN) {
                continue;
            }
            out.append('\n').append(section.title()).append(":\n");
            for (Command<?> command : commands) {
                if (command.row().section() == section) {
                    entry(command.row().name(), 10, command.row().summary());
                }
            }
        }
        sections(globals);
        out.append("\nExamples:\n");
        out.append("  wherry run hello\n");
        out.append("  wherry run --rm -it debian:12 bash\n");
        out.append("  wherry explain run --rm -m 64m debian:12 true\n");
        out.append("\nSee `wherry COMMAND --help`.\n");
    }

    private void command(Command<?> command) {
        Row row = command.row();
        out.append(row.summary()).append(".\n\nUsage: ").append(usage(command)).append('\n');
        if (!row.aliases().isEmpty()) {
            out.append("Also:  wherry ")
                    .append(String.join(", wherry ", row.aliases()))
                    .append('\n');
        }
        sections(command.options());
        if (!command.notes().isEmpty()) {
            out.append('\n');
            wrap(command.notes(), 0);
        }
        if (!row.examples().isEmpty()) {
            out.append("\nExamples:\n");
            for (String example : row.examples()) {
                out.append("  ").append(example).append('\n');
            }
        }
    }

    /** {@return the line behind "Usage:"} */
    public static String usage(Command<?> command) {
        Row row = command.row();
        boolean options = false;
        for (OptionTable.Section<?> section : command.options().sections()) {
            options |= !section.options().isEmpty();
        }
        return "wherry " + row.name() + (options ? " [OPTIONS]" : "")
                + (row.operands().syntax().isEmpty() ? "" : " " + row.operands().syntax());
    }

    private void sections(OptionTable<?> table) {
        int column = 0;
        for (OptionTable.Section<?> section : table.sections()) {
            for (Option<?> option : section.options()) {
                column = option.absent()
                        ? column
                        : Math.max(column, spelling(option).length());
            }
        }
        column = Math.min(column, 34);
        for (OptionTable.Section<?> section : table.sections()) {
            boolean titled = false;
            for (Option<?> option : section.options()) {
                if (!option.absent()) {
                    out.append(titled ? "" : "\n" + section.title() + ":\n");
                    titled = true;
                    entry(spelling(option), column, option.help());
                }
            }
        }
    }

    /** {@return letter, name and placeholder as help writes them: {@code -m, --memory SIZE}} */
    public static String spelling(Option<?> option) {
        String letter = option.letter() == Option.NONE ? "    " : "-" + option.letter() + ", ";
        return letter + option.spelled() + (option.isFlag() ? "" : " " + option.placeholder());
    }

    private void entry(String left, int column, String right) {
        out.append("  ").append(left);
        if (left.length() > column) {
            out.append('\n').repeat(' ', column + 2);
        } else {
            out.repeat(' ', column - left.length());
        }
        out.append("  ");
        wrap(right, column + 4);
    }

    /** Appends words; the first line begins where the output stands, which is column {@code indent}. */
    private void wrap(String text, int indent) {
        int column = indent;
        boolean first = true;
        for (String word : text.split(" ", -1)) {
            if (!first && column + 1 + word.length() > width) {
                out.append('\n').repeat(' ', indent);
                column = indent;
                first = true;
            }
            out.append(first ? "" : " ").append(word);
            column += word.length() + (first ? 0 : 1);
            first = false;
        }
        out.append('\n');
    }
}
