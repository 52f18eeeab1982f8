package io.wherry.cli.format;

/** Cuts a template into text and the tokens of actions. */
final class Scanner {
    private final String source;
    private int at;
    private boolean inAction;

    Scanner(String source) {
        this.source = source;
    }

    /** {@return whether the last {@link #text} ended at an action rather than at the end} */
    boolean inAction() {
        return inAction;
    }

    private boolean atEnd() {
        return at >= source.length();
    }

    TemplateException problem(int position, String sentence) {
        return new TemplateException(source, position, sentence);
    }

    /** Reads text up to the next action or the end; an action that begins with a dash takes the blanks before it away. */
    String text() {
        int open = source.indexOf("{{", at);
        int end = open < 0 ? source.length() : open;
        String text = source.substring(at, end);
        inAction = open >= 0;
        at = inAction ? open + 2 : end;
        if (inAction && at + 1 < source.length() && source.charAt(at) == '-' && isBlank(source.charAt(at + 1))) {
            at++;
            text = text.stripTrailing();
        }
        return text;
    }

    /** Skips a comment that is the whole action; says whether there was one. */
    boolean comment() {
        int start = at;
        skipBlanks();
        if (!source.startsWith("/*", at)) {
            at = start;
            return false;
        }
        int end = source.indexOf("*/", at + 2);
        if (end < 0) {
            throw problem(at, "the comment does not end; expected `*/`.");
        }
        at = end + 2;
        Token token = next();
        if (token.kind() != Token.Kind.END) {
            throw problem(token.position(), "expected `}}` behind the comment, found " + token.what() + ".");
        }
        return true;
    }

    /** Reads one token of an action. */
    Token next() {
        int before = at;
        skipBlanks();
        boolean spaced = at > before;
        int start = at;
        if (atEnd()) {
            throw problem(start, "the action does not end; expected `}}`.");
        }
        if (spaced && source.startsWith("-}}", at)) {
            at += 3;
            skipBlanks();
            return new Token(Token.Kind.END, "", start, true);
        }
        if (source.startsWith("}}", at)) {
            at += 2;
            return new Token(Token.Kind.END, "", start, spaced);
        }
        char c = source.charAt(at);
        if (c == '"' || c == '`' || c == '\'') {
            return new Token(Token.Kind.STRING, string(c), start, spaced);
        }
        if (isDigit(c) || ((c == '-' || c == '+') && at + 1 < source.length() && isDigit(source.charAt(at + 1)))) {
            return new Token(Token.Kind.NUMBER, number(), start, spaced);
        }
        if (c == '.') {
            at++;
            String name = name();
            return new Token(name.isEmpty() ? Token.Kind.DOT : Token.Kind.FIELD, name, start, spaced);
        }
        if (c == '$') {
            at++;
            return new Token(Token.Kind.VARIABLE, "$" + name(), start, spaced);
        }
        String name = name();
        return name.isEmpty() ? mark(start, spaced) : new Token(Token.Kind.NAME, name, start, spaced);
    }

    private Token mark(int start, boolean spaced) {
        String mark = source.startsWith(":=", at) ? ":=" : source.substring(at, at + 1);
        if (!mark.equals(":=") && "()|,=".indexOf(mark.charAt(0)) < 0) {
            throw problem(start, "`" + mark + "` has no meaning here.");
        }
        at += mark.length();
        return new Token(Token.Kind.MARK, mark, start, spaced);
    }

    private String name() {
        int start = at;
        while (!atEnd() && (Character.isLetterOrDigit(source.charAt(at)) || source.charAt(at) == '_')) {
            at++;
        }
        return source.substring(start, at);
    }

    private String number() {
        int start = at++;
        while (!atEnd() && (isDigit(source.charAt(at)) || source.charAt(at) == '.')) {
            at++;
        }
        String text = source.substring(source.charAt(start) == '+' ? start + 1 : start, at);
        int point = text.indexOf('.');
        String digits = text.startsWith("-") ? text.substring(1) : text;
        boolean wrong = text.endsWith(".")
                || (point >= 0 && text.indexOf('.', point + 1) >= 0)
                || (digits.length() > 1 && digits.charAt(0) == '0' && digits.charAt(1) != '.');
        if (wrong) {
            throw problem(start, "`" + text + "` is not a decimal number.");
        }
        return text;
    }

    /** A string in the spelling of Go: escapes between {@code "}, none between back-quotes. */
    private String string(char quote) {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (!atEnd() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c == '\\' && quote != '`') {
                escape(text, start);
            } else {
                text.append(c);
            }
        }
        if (atEnd()) {
            throw problem(start, "the string does not end; expected `" + quote + "`.");
        }
        at++;
        return text.toString();
    }

    private void escape(StringBuilder text, int start) {
        char c = atEnd() ? ' ' : source.charAt(at++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case '\\', '"', '\'' -> text.append(c);
            case 'x' -> text.append((char) hex(2, start));
            case 'u' -> text.append((char) hex(4, start));
            default -> throw problem(start, "the string has the unknown escape `\\" + c + "`.");
        }
    }

    private int hex(int digits, int start) {
        try {
            int value = Integer.parseUnsignedInt(source, at, Math.min(at + digits, source.length()), 16);
            at += digits;
            return value;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw problem(start, "the string has an escape without its " + digits + " hexadecimal digits.");
        }
    }

    private void skipBlanks() {
        while (!atEnd() && isBlank(source.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
