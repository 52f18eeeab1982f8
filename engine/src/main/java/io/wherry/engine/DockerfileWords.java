package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the arguments of a Dockerfile's instruction apart: words between blanks, quotes, backslashes, and variables, which stand for what the image's environment says. Stateless.
 *
 * @see "Docker, Dockerfile reference, Environment replacement"
 */
final class DockerfileWords {
    private static final int LONGEST = 1 << 20; // what a line may expand to

    private final String text;
    private final List<String> environment;
    private int at;

    private DockerfileWords(String text, List<String> environment) {
        this.text = text;
        this.environment = environment;
    }

    /** {@return the words of a line as they stand, with their quotes} */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int start = -1;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && isBlank(c)) {
                if (start >= 0) {
                    words.add(line.substring(start, i));
                }
                start = -1;
                continue;
            }
            start = start < 0 ? i : start;
            if (c == '\\' && quote != '\'') {
                i++;
            } else if (c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            }
        }
        if (start >= 0) {
            words.add(line.substring(start));
        }
        return words;
    }

    /**
     * {@return a text without its quotes and backslashes, with variables' values}
     *
     * @param environment as {@code NAME=value}
     */
    static String expand(String text, List<String> environment) {
        return new DockerfileWords(text, environment).until('\0');
    }

    /** Up to a character that closes, which is passed over, or to the end. */
    private String until(char end) {
        StringBuilder out = new StringBuilder();
        char quote = 0;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (quote == 0 && end != '\0' && c == end) {
                return out.toString();
            }
            if (quote == '\'') {
                quote = c == '\'' ? 0 : put(out, c, quote);
            } else if (c == '\\') {
                backslash(out, quote);
            } else if (c == '$') {
                out.append(variable());
            } else if (c == '"' || (c == '\'' && quote == 0)) {
                quote = quote == 0 ? c : 0;
            } else {
                out.append(c);
            }
            if (out.length() > LONGEST) {
                throw invalid("it expands to more than " + LONGEST + " characters");
            }
        }
        if (quote != 0) {
            throw invalid("the quote " + quote + " is not closed");
        }
        if (end != '\0') {
            throw invalid("`${` is not closed");
        }
        return out.toString();
    }

    private static char put(StringBuilder out, char c, char quote) {
        out.append(c);
        return quote;
    }

    /** Between double quotes a backslash means something before three characters only. */
    private void backslash(StringBuilder out, char quote) {
        char next = at < text.length() ? text.charAt(at) : '\0';
        if (next == '\0' || (quote == '"' && next != '"' && next != '$' && next != '\\')) {
            out.append('\\');
        } else {
            out.append(next);
            at++;
        }
    }

    private String variable() {
        boolean braces = at < text.length() && text.charAt(at) == '{';
        int start = braces ? ++at : at;
        while (at < text.length() && isName(text.charAt(at))) {
            at++;
        }
        String name = text.substring(start, at);
        if (!braces) {
            return name.isEmpty() ? "$" : value(name);
        }
        if (name.isEmpty() || at == text.length()) {
            throw invalid("`${` is not followed by a name and `}`");
        }
        char operator = text.charAt(at++);
        if (operator == '}') {
            return value(name);
        }
        boolean emptyCounts = operator != ':';
        operator = emptyCounts || at == text.length() ? operator : text.charAt(at++);
        String word = until('}');
        boolean there = emptyCounts ? isSet(name) : !value(name).isEmpty();
        return switch (operator) {
            case '-' -> there ? value(name) : word;
            case '+' -> there ? word : "";
            case '?' -> {
                if (!there) {
                    throw invalid("`" + name + "` is not set" + (word.isEmpty() ? "" : ": " + word));
                }
                yield value(name);
            }
            default -> throw invalid("`${" + name + operator + "` is not known; `:-`, `:+` and `:?` are");
        };
    }

    private boolean isSet(String name) {
        return find(name) != null;
    }

    private String value(String name) {
        String found = find(name);
        return found == null ? "" : found.substring(name.length() + 1);
    }

    private @Nullable String find(String name) {
        for (String variable : environment) {
            if (variable.startsWith(name + "=")) {
                return variable;
            }
        }
        return null;
    }

    private static boolean isName(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private WherryException invalid(String problem) {
        return new WherryException(WherryException.Kind.INVALID, "`" + text + "` is not understood: " + problem + ".");
    }
}
