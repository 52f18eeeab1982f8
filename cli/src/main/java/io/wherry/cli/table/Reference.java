package io.wherry.cli.table;

import java.util.List;

/** Writes the table for readers that are not at a terminal: documentation, and the launcher's build. */
public final class Reference {
    private Reference() {}

    /** {@return all commands and options in Markdown} */
    public static String markdown(List<? extends Command<?>> commands, OptionTable<?> globals) {
        StringBuilder out = new StringBuilder("# Commands\n\nWritten by `wherry help --markdown`.\n");
        out.append("\n## wherry\n\n    wherry [OPTIONS] COMMAND\n");
        table(out, globals);
        for (Command<?> command : commands) {
            Row row = command.row();
            if (row.section() == Row.Section.HIDDEN) {
                continue;
            }
            out.append("\n## wherry ")
                    .append(row.name())
                    .append("\n\n")
                    .append(escape(row.summary()))
                    .append(".\n\n    ");
            out.append(Help.usage(command)).append('\n');
            if (!row.aliases().isEmpty()) {
                out.append("\nAlso `wherry ")
                        .append(String.join("`, `wherry ", row.aliases()))
                        .append("`.\n");
            }
            table(out, command.options());
            if (!command.notes().isEmpty()) {
                out.append('\n').append(escape(command.notes())).append('\n');
            }
            out.append(row.examples().isEmpty() ? "" : "\nExamples:\n\n");
            for (String example : row.examples()) {
                out.append("    ").append(example).append('\n');
            }
        }
        return out.toString();
    }

    private static void table(StringBuilder out, OptionTable<?> table) {
        for (OptionTable.Section<?> section : table.sections()) {
            boolean titled = false;
            for (Option<?> option : section.options()) {
                if (option.absent()) {
                    continue;
                }
                out.append(titled ? "" : "\n| " + section.title() + " | |\n|---|---|\n");
                titled = true;
                out.append("| `")
                        .append(Help.spelling(option).strip().replace("|", "\\|"))
                        .append("` | ");
                out.append(escape(option.help()))
                        .append(option.repeats() ? "; may be repeated" : "")
                        .append(" |\n");
            }
        }
    }

    private static String escape(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }

    /**
     * {@return one line for each name that a command can be called by: its words, a tab, its cache}
     *
     * <p>The launcher's list of which cache to start from is made of this.
     */
    public static String caches(List<? extends Command<?>> commands) {
        StringBuilder out = new StringBuilder();
        for (Command<?> command : commands) {
            line(out, command.row().name(), command);
            for (String alias : command.row().aliases()) {
                line(out, alias, command);
            }
        }
        return out.toString();
    }

    private static void line(StringBuilder out, String name, Command<?> command) {
        out.append(name).append('\t').append(command.row().cache().word()).append('\n');
    }
}
