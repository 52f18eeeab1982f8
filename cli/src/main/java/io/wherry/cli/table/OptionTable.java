package io.wherry.cli.table;

import io.wherry.cli.table.Option.Field;
import io.wherry.cli.table.Option.Value;
import io.wherry.oci.Nearest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of one command, in sections, in the order of help. Each method adds one row; the last argument fills the
 * field. Not safe for several threads; built anew for each invocation.
 *
 * @param <W> the command's words, whose fields the options fill
 */
public final class OptionTable<W> {
    /** Rows below one heading of help. */
    public record Section<W>(String title, List<Option<W>> options) {}

    private final List<Section<W>> sections = new ArrayList<>();
    private List<Option<W>> current = List.of();

    /** Begins a section; the rows that follow belong to it. */
    public OptionTable<W> section(String title) {
        current = new ArrayList<>();
        sections.add(new Section<>(title, current));
        return this;
    }

    public OptionTable<W> flag(String name, char letter, String help, Field<W, Boolean> field) {
        return add(name, letter, Value.FLAG, "", false, help, (words, text) -> field.set(words, Values.bool(text)));
    }

    public OptionTable<W> text(String name, char letter, String placeholder, String help, Field<W, String> field) {
        return add(name, letter, Value.TEXT, placeholder, false, help, field);
    }

    /** An option that may be repeated; the field's setter is called for each value. */
    public OptionTable<W> list(String name, char letter, String placeholder, String help, Field<W, String> field) {
        return add(name, letter, Value.TEXT, placeholder, true, help, field);
    }

    /** A whole number between {@code least} and {@code most}. */
    public OptionTable<W> number(String name, String help, long least, long most, Field<W, Long> field) {
        return number(name, Option.NONE, help, least, most, field);
    }

    /** The same with a short name. */
    public OptionTable<W> number(String name, char letter, String help, long least, long most, Field<W, Long> field) {
        return add(
                name,
                letter,
                Value.NUMBER,
                "N",
                false,
                help,
                (words, text) -> field.set(words, Values.number(text, least, most)));
    }

    /** A number with up to nine decimals, which the field gets as billionths. */
    public OptionTable<W> decimal(String name, String help, Field<W, Long> field) {
        return add(
                name,
                Option.NONE,
                Value.DECIMAL,
                "N",
                false,
                help,
                (words, text) -> field.set(words, Values.billionths(text)));
    }

    /** A size, which the field gets in bytes. */
    public OptionTable<W> bytes(String name, char letter, String help, Field<W, Long> field) {
        return add(
                name, letter, Value.BYTES, "SIZE", false, help, (words, text) -> field.set(words, Values.bytes(text)));
    }

    /** One of some words, separated by bars. */
    public OptionTable<W> choice(String name, String choices, String help, Field<W, String> field) {
        return add(
                name,
                Option.NONE,
                Value.CHOICE,
                choices,
                false,
                help,
                (words, text) -> field.set(words, Values.choice(text, choices)));
    }

    /** {@code KEY=VALUE}, or {@code KEY} alone, which the setter must split; may be repeated. */
    public OptionTable<W> pairs(String name, char letter, String placeholder, String help, Field<W, String> field) {
        return add(
                name,
                letter,
                Value.PAIR,
                placeholder,
                true,
                help,
                (words, text) -> field.set(words, Values.pair(text)));
    }

    public OptionTable<W> file(String name, String help, Field<W, String> field) {
        return add(
                name,
                Option.NONE,
                Value.FILE,
                "FILE",
                false,
                help,
                (words, text) -> field.set(words, Values.path(text)));
    }

    /** Files; may be repeated. */
    public OptionTable<W> files(String name, String help, Field<W, String> field) {
        return add(
                name,
                Option.NONE,
                Value.FILE,
                "FILE",
                true,
                help,
                (words, text) -> field.set(words, Values.path(text)));
    }

    public OptionTable<W> folder(String name, String placeholder, String help, Field<W, String> field) {
        return add(
                name,
                Option.NONE,
                Value.FOLDER,
                placeholder,
                false,
                help,
                (words, text) -> field.set(words, Values.path(text)));
    }

    /** An option of docker that Wherry refuses by name instead of not knowing it. Help does not list it. */
    public OptionTable<W> absent(String name, char letter, boolean takesValue, String what) {
        current.add(new Option<>(
                name, "", letter, takesValue ? Value.TEXT : Value.FLAG, "VALUE", true, true, what, (words, text) -> {
                    throw new BadValueException("is not supported yet (" + what + ").");
                }));
        return this;
    }

    /** Gives the last row a second name, which help does not list. */
    public OptionTable<W> alias(String second) {
        int last = current.size() - 1;
        current.set(last, current.get(last).withAlias(second));
        return this;
    }

    private OptionTable<W> add(
            String name,
            char letter,
            Value value,
            String placeholder,
            boolean repeats,
            String help,
            Field<W, String> field) {
        if (sections.isEmpty()) {
            section("Options");
        }
        current.add(new Option<>(name, "", letter, value, placeholder, repeats, false, help, field));
        return this;
    }

    public List<Section<W>> sections() {
        return sections;
    }

    /** {@return the row with a long name or alias; null: none} */
    @Nullable
    Option<W> find(String name) {
        for (Section<W> section : sections) {
            for (Option<W> option : section.options) {
                if (option.hasName(name)) {
                    return option;
                }
            }
        }
        return null;
    }

    /** {@return the row with a short name; null: none} */
    @Nullable
    Option<W> find(char letter) {
        for (Section<W> section : sections) {
            for (Option<W> option : section.options) {
                if (option.letter() == letter) {
                    return option;
                }
            }
        }
        return null;
    }

    /** {@return the row whose long name a slip of the finger could have made this; null: none} */
    @Nullable
    Option<W> nearest(String name) {
        List<String> names = new ArrayList<>();
        for (Section<W> section : sections) {
            for (Option<W> option : section.options) {
                if (!option.absent()) {
                    names.add(option.name());
                }
            }
        }
        String near = Nearest.of(name, names);
        return near == null ? null : find(near);
    }
}
