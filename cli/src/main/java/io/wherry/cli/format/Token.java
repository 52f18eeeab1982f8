package io.wherry.cli.format;

/**
 * One word of an action.
 *
 * @param text the characters; for {@link Kind#STRING} the string that they mean; for a field without its dot
 * @param position the first character in the template
 * @param spaced whether blanks stand before it
 */
record Token(Kind kind, String text, int position, boolean spaced) {
    enum Kind {
        /** {@code .Name} */
        FIELD,
        DOT,
        /** {@code $name} with the dollar sign. */
        VARIABLE,
        NAME,
        STRING,
        NUMBER,
        /** One of {@code ( ) | , := =} */
        MARK,
        /** {@code }}} */
        END
    }

    boolean is(String mark) {
        return kind == Kind.MARK && text.equals(mark);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    /** {@return how messages call it} */
    String what() {
        return switch (kind) {
            case FIELD -> "`." + text + "`";
            case DOT -> "`.`";
            case STRING -> "a string";
            case END -> "`}}`";
            case VARIABLE, NAME, NUMBER, MARK -> "`" + text + "`";
        };
    }
}
