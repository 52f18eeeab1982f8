package io.wherry.cli.table;

/**
 * One row of an option table.
 *
 * @param name the long name, without dashes
 * @param alias a second long name that help does not list; empty: none
 * @param letter the short name; {@link #NONE}: none
 * @param value what kind of value it takes
 * @param placeholder how help writes the value; for {@link Value#CHOICE} the words, separated by bars; empty for a flag
 * @param repeats whether giving it twice adds a value; else the last one counts
 * @param absent whether this is an option of docker that is known and refused
 * @param help one sentence without a full stop
 * @param field what fills the field of the command's words
 */
public record Option<W>(
        String name,
        String alias,
        char letter,
        Value value,
        String placeholder,
        boolean repeats,
        boolean absent,
        String help,
        Field<W, String> field) {

    /** No short name. */
    public static final char NONE = 0;

    /** What an option's value is. It decides whether the next word is taken, and what completion offers. */
    public enum Value {
        /** No value, or {@code =true} and {@code =false} attached. */
        FLAG,
        /** Any text. */
        TEXT,
        /** A whole number. */
        NUMBER,
        /** A number with a fraction. */
        DECIMAL,
        /** A size in bytes with an optional unit: {@code 64m}. */
        BYTES,
        /** {@code KEY=VALUE}. */
        PAIR,
        /** One of the words of the placeholder. */
        CHOICE,
        /** A file of the host. */
        FILE,
        /** A folder of the host. */
        FOLDER
    }

    /** Fills one field of a command's words. */
    @FunctionalInterface
    public interface Field<W, T> {
        void set(W words, T value) throws BadValueException;
    }

    /** {@return whether it takes no value} */
    public boolean isFlag() {
        return value == Value.FLAG;
    }

    /** {@return how messages name it: {@code --memory}} */
    public String spelled() {
        return "--" + name;
    }

    boolean hasName(String asked) {
        return name.equals(asked) || (!alias.isEmpty() && alias.equals(asked));
    }

    Option<W> withAlias(String second) {
        return new Option<>(name, second, letter, value, placeholder, repeats, absent, help, field);
    }
}
