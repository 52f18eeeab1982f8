package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.registry.TomlValue.Place;
import io.wherry.registry.TomlValue.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the part of TOML that files of hosts need: tables, dotted and quoted keys, strings of one line, booleans, arrays, inline tables. Numbers, dates, arrays of tables and strings of several lines
 * are refused, as is everything that TOML refuses; messages begin with line and column.
 *
 * @see "TOML v1.0"
 */
final class TomlReader {
    private static final int MAX_DEPTH = 16;

    private final String text;
    private final Set<Table> closed = new HashSet<>();
    private final Set<List<String>> headed = new HashSet<>();
    private int at;
    private int depth;

    private TomlReader(String text) {
        this.text = text;
    }

    /** {@return the whole document} */
    static Table read(String text) {
        return new TomlReader(text).document();
    }

    static WherryException problem(Place place, String problem) {
        return new WherryException(Kind.INVALID, place + ": " + problem);
    }

    private WherryException problem(String problem) {
        return problem(place(), problem);
    }

    private Place place() {
        int line = 1;
        int start = 0;
        for (int i = 0; i < at && i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new Place(line, at - start + 1);
    }

    private Table document() {
        Table root = new Table(new Place(1, 1));
        Table current = root;
        for (skipBlank(); at < text.length(); skipBlank()) {
            if (peek() == '[') {
                current = header(root);
            } else {
                member(current);
            }
            endOfLine();
        }
        return root;
    }

    private Table header(Table root) {
        at++;
        if (peek() == '[') {
            throw problem("arrays of tables are not known here.");
        }
        Place place = place();
        List<String> path = path();
        expect(']');
        if (!headed.add(path)) {
            throw problem(place, "the table `" + String.join(".", path) + "` is there twice.");
        }
        Table table = root;
        for (String name : path) {
            table = below(table, name, place);
        }
        return table;
    }

    private Table below(Table table, String name, Place place) {
        TomlValue found = table.members().computeIfAbsent(name, _ -> new Table(place));
        if (found instanceof Table below && !closed.contains(below)) {
            return below;
        }
        throw problem(place, "`" + name + "` is " + found.what() + " already.");
    }

    private void member(Table table) {
        Place place = place();
        List<String> path = path();
        expect('=');
        skipSpace();
        Table owner = table;
        for (String name : path.subList(0, path.size() - 1)) {
            owner = below(owner, name, place);
        }
        if (owner.members().putIfAbsent(path.getLast(), value()) != null) {
            throw problem(place, "`" + path.getLast() + "` is there twice.");
        }
    }

    private List<String> path() {
        List<String> path = new ArrayList<>();
        do {
            skipSpace();
            path.add(key());
            skipSpace();
        } while (take('.'));
        return path;
    }

    private String key() {
        if (peek() == '"' || peek() == '\'') {
            return string();
        }
        int start = at;
        while (isBare(peek())) {
            at++;
        }
        if (at == start) {
            throw problem("a key was expected.");
        }
        return text.substring(start, at);
    }

    private static boolean isBare(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    private TomlValue value() {
        Place place = place();
        if (++depth > MAX_DEPTH) {
            throw problem("it is nested more than " + MAX_DEPTH + " deep.");
        }
        try {
            return switch (peek()) {
                case '"', '\'' -> new TomlValue.Text(place, string());
                case '[' -> array(place);
                case '{' -> inlineTable(place);
                default -> word(place);
            };
        } finally {
            depth--;
        }
    }

    private TomlValue word(Place place) {
        int start = at;
        while (isBare(peek()) || peek() == '.' || peek() == '+' || peek() == ':') {
            at++;
        }
        String word = text.substring(start, at);
        if (word.equals("true") || word.equals("false")) {
            return new TomlValue.Flag(place, word.equals("true"));
        }
        throw problem(
                place,
                word.isEmpty()
                        ? "a value was expected."
                        : "`" + word
                                + "` is neither a string in quotes nor a boolean, and nothing else is known here.");
    }

    private TomlValue array(Place place) {
        List<TomlValue> values = new ArrayList<>();
        at++;
        skipBlank();
        while (!take(']')) {
            values.add(value());
            skipBlank();
            if (!take(',') && peek() != ']') {
                throw problem("`,` or `]` was expected.");
            }
            skipBlank();
        }
        return new TomlValue.Items(place, values);
    }

    private TomlValue inlineTable(Place place) {
        Table table = new Table(place);
        at++;
        skipSpace();
        boolean more = !take('}');
        while (more) {
            member(table);
            skipSpace();
            more = !take('}');
            if (more) {
                expect(',');
                skipSpace();
            }
        }
        closed.add(table);
        return table;
    }

    private String string() {
        char quote = peek();
        if (text.startsWith(String.valueOf(quote).repeat(3), at)) {
            throw problem("strings of several lines are not known here.");
        }
        at++;
        StringBuilder out = new StringBuilder();
        while (peek() != quote) {
            char c = peek();
            if (at >= text.length() || (c < ' ' && c != '\t') || c == 0x7f) {
                throw problem("the string does not end on its line, or has a control character.");
            }
            if (c == '\\' && quote == '"') {
                escape(out);
            } else {
                out.append(c);
                at++;
            }
        }
        at++;
        return out.toString();
    }

    private void escape(StringBuilder out) {
        at++;
        switch (peek()) {
            case 'b' -> out.append('\b');
            case 't' -> out.append('\t');
            case 'n' -> out.append('\n');
            case 'f' -> out.append('\f');
            case 'r' -> out.append('\r');
            case '"' -> out.append('"');
            case '\\' -> out.append('\\');
            case 'u' -> out.appendCodePoint(codePoint(4));
            case 'U' -> out.appendCodePoint(codePoint(8));
            default -> throw problem("`\\" + peek() + "` is no escape.");
        }
        at++;
    }

    /** Leaves the last digit to be passed over. */
    private int codePoint(int digits) {
        try {
            int value = Integer.parseUnsignedInt(text, at + 1, at + 1 + digits, 16);
            if (Character.isValidCodePoint(value) && (value < 0xd800 || value > 0xdfff)) {
                at += digits;
                return value;
            }
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw problem("the escape needs " + digits + " hexadecimal digits.");
        }
        throw problem("the escape is no character.");
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean take(char wanted) {
        boolean there = peek() == wanted && at < text.length();
        at += there ? 1 : 0;
        return there;
    }

    private void expect(char wanted) {
        if (!take(wanted)) {
            throw problem("`" + wanted + "` was expected.");
        }
    }

    private void skipSpace() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    /** Spaces, ends of lines, remarks. */
    private void skipBlank() {
        skipSpace();
        while (peek() == '\n' || peek() == '#' || text.startsWith("\r\n", at)) {
            skipRemark();
            at += peek() == '\r' ? 2 : at < text.length() ? 1 : 0;
            skipSpace();
        }
    }

    private void skipRemark() {
        if (peek() == '#') {
            while (at < text.length() && peek() != '\n' && !text.startsWith("\r\n", at)) {
                at++;
            }
        }
    }

    private void endOfLine() {
        skipSpace();
        skipRemark();
        if (at < text.length() && peek() != '\n' && !text.startsWith("\r\n", at)) {
            throw problem("nothing more was expected on this line.");
        }
    }
}
