package io.wherry.cli.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a completion script for bash from the table. Names of containers and images are asked for when the key is
 * pressed; all else is in the script.
 */
public final class BashCompletion {
    private final StringBuilder out = new StringBuilder();

    private BashCompletion() {}

    /** {@return the script} */
    public static String script(List<? extends Command<?>> commands, OptionTable<?> globals) {
        BashCompletion script = new BashCompletion();
        script.write(commands, globals);
        return script.out.toString();
    }

    private void write(List<? extends Command<?>> commands, OptionTable<?> globals) {
        out.append("# bash completion for wherry: source <(wherry completion bash)\n\n");
        out.append("# Sets options, valued (those that take the next word), ends and operands for a command.\n");
        out.append("__wherry_command() {\n    case \"$1\" in\n");
        for (Command<?> command : commands) {
            Row row = command.row();
            out.append("    ").append(patterns(row)).append(")\n");
            words("options", command.options());
            assign("ends", row.operands().endOptions() ? "yes" : "");
            assign("operands", row.operands().complete().name().toLowerCase(java.util.Locale.ROOT));
            out.append("        ;;\n");
        }
        groups(commands);
        out.append("    *) return 1 ;;\n    esac\n}\n\n");
        values(commands, globals);
        functions(commands, globals);
    }

    private static String patterns(Row row) {
        StringBuilder names = new StringBuilder("'" + row.name() + "'");
        for (String alias : row.aliases()) {
            names.append(" | '").append(alias).append("'");
        }
        return names.toString();
    }

    private void groups(List<? extends Command<?>> commands) {
        for (Map.Entry<String, StringBuilder> group : members(commands).entrySet()) {
            out.append("    '").append(group.getKey()).append("')\n");
            assign("options", "--help");
            assign("valued", "");
            assign("ends", "");
            assign("operands", "words" + group.getValue());
            out.append("        ;;\n");
        }
    }

    /** {@return the second words of commands of two, each with a blank before it, by the first} */
    private static Map<String, StringBuilder> members(List<? extends Command<?>> commands) {
        Map<String, StringBuilder> members = new TreeMap<>();
        for (Command<?> command : commands) {
            List<String> names = new ArrayList<>(command.row().aliases());
            names.add(command.row().name());
            for (String name : names) {
                int space = name.indexOf(' ');
                if (space > 0) {
                    members.computeIfAbsent(name.substring(0, space), _ -> new StringBuilder())
                            .append(name, space, name.length());
                }
            }
        }
        return members;
    }

    private void words(String variable, OptionTable<?> table) {
        StringBuilder all = new StringBuilder("--help");
        StringBuilder valued = new StringBuilder(" ");
        for (OptionTable.Section<?> section : table.sections()) {
            for (Option<?> option : section.options()) {
                if (!option.absent()) {
                    all.append(' ').append(option.spelled());
                    if (!option.isFlag()) {
                        valued.append(option.spelled()).append(' ');
                        valued.append(option.letter() == Option.NONE ? "" : "-" + option.letter() + " ");
                    }
                }
            }
        }
        assign(variable, all.toString());
        assign("valued", valued.toString());
    }

    private void assign(String variable, String value) {
        out.append("        ").append(variable).append("='").append(value).append("'\n");
    }

    /** What may stand behind an option: the words of a choice, files, folders. */
    private void values(List<? extends Command<?>> commands, OptionTable<?> globals) {
        out.append("# Sets COMPREPLY for the value of an option of a command.\n");
        out.append("__wherry_value() {\n    case \"$1 $2\" in\n");
        optionValues("", globals);
        for (Command<?> command : commands) {
            optionValues(command.row().name(), command.options());
            for (String alias : command.row().aliases()) {
                optionValues(alias, command.options());
            }
        }
        out.append("    esac\n}\n\n");
    }

    private void optionValues(String command, OptionTable<?> table) {
        for (OptionTable.Section<?> section : table.sections()) {
            for (Option<?> option : section.options()) {
                String action = switch (option.value()) {
                    case CHOICE ->
                        "COMPREPLY=($(compgen -W '" + option.placeholder().replace('|', ' ') + "' -- \"$3\"))";
                    case FILE -> "__wherry_paths -f \"$3\"";
                    case FOLDER -> "__wherry_paths -d \"$3\"";
                    case FLAG, TEXT, NUMBER, DECIMAL, BYTES, PAIR -> "";
                };
                if (!action.isEmpty() && !option.absent()) {
                    out.append("    '")
                            .append(command)
                            .append(' ')
                            .append(option.spelled())
                            .append("') ");
                    out.append(action).append(" ;;\n");
                }
            }
        }
    }

    private void functions(List<? extends Command<?>> commands, OptionTable<?> globals) {
        StringBuilder names =
                new StringBuilder(String.join(" ", members(commands).keySet()));
        for (Command<?> command : commands) {
            if (command.row().section() != Row.Section.HIDDEN
                    && command.row().name().indexOf(' ') < 0) {
                names.append(' ').append(command.row().name());
            }
        }
        out.append("__wherry_paths() {\n    compopt -o filenames 2>/dev/null\n");
        out.append("    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$2\")\n}\n\n");
        out.append(
                "__wherry() {\n    local current=\"${COMP_WORDS[COMP_CWORD]}\" command='' options valued ends operands\n");
        out.append("    local i word skip='' ended=''\n    COMPREPLY=()\n");
        words("options", globals);
        assign("ends", "");
        assign("operands", "words " + names);
        out.append(WALK.replace("%s", names));
        out.append("complete -F __wherry wherry\n");
    }

    private static final String WALK = """
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word="${COMP_WORDS[i]}"
                    if [[ $skip ]]; then
                        skip=''
                    elif [[ $word == -* ]]; then
                        [[ $valued == *" $word "* ]] && skip="$word"
                        [[ $word == -- ]] && ended=yes
                    elif __wherry_command "${command:+$command }$word"; then
                        command="${command:+$command }$word"
                    elif [[ $ends ]]; then
                        return 0 # what follows is the container's own command
                    fi
                done
                if [[ $skip ]]; then
                    __wherry_value "$command" "$skip" "$current"
                elif [[ $current == -* && ! $ended ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$current"))
                else
                    case "$operands" in
                    words*) COMPREPLY=($(compgen -W "${operands#words}" -- "$current")) ;;
                    commands) COMPREPLY=($(compgen -W '%s' -- "$current")) ;;
                    containers) COMPREPLY=($(compgen -W "$(wherry ps -a --format '{{.Names}}' 2>/dev/null)" -- "$current")) ;;
                    images_or_folders) # a folder is told by its first character
                        if [[ $current == [./]* ]]; then
                            __wherry_paths -d "$current"
                        else
                            COMPREPLY=($(compgen -W "$(wherry images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null)" -- "$current"))
                        fi ;;
                    volumes) COMPREPLY=($(compgen -W "$(wherry volume ls -q 2>/dev/null)" -- "$current")) ;;
                    images) COMPREPLY=($(compgen -W "$(wherry images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null)" -- "$current")) ;;
                    esac
                fi
            }

            """;
}
