package io.wherry.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One way in which a server offers to be convinced, from a {@code WWW-Authenticate} header.
 *
 * @param scheme in lower case
 * @param parameters by name in lower case; the first of two wins
 * @see "RFC 9110, section 11.6.1; RFC 6750, section 3"
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int MAX_HEADER = 16 << 10;
    private static final int MAX_CHALLENGES = 16;

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    /** {@return the challenges in all headers; what cannot be read ends the list, since nobody can say what it meant} */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> out = new ArrayList<>();
        for (String header : headers) {
            if (header.length() <= MAX_HEADER) {
                new Parser(header).into(out);
            }
        }
        return out;
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        void into(List<Challenge> out) {
            while (out.size() < MAX_CHALLENGES) {
                skipCommas();
                String scheme = token();
                if (scheme.isEmpty()) {
                    return;
                }
                Map<String, String> parameters = new HashMap<>();
                boolean fine = parameters(parameters);
                out.add(new Challenge(scheme.toLowerCase(Locale.ROOT), Map.copyOf(parameters)));
                if (!fine) {
                    return;
                }
            }
        }

        /** Reads {@code name=value} pairs until something else stands there: the next scheme, or rubbish. */
        private boolean parameters(Map<String, String> parameters) {
            while (true) {
                skipCommas();
                int start = at;
                String name = token();
                skipSpace();
                if (name.isEmpty() || at == text.length() || text.charAt(at) != '=') {
                    at = start;
                    return at < text.length() && !name.isEmpty();
                }
                at++;
                skipSpace();
                Optional<String> value = value();
                if (value.isEmpty()) {
                    return false;
                }
                parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value.get());
            }
        }

        private Optional<String> value() {
            if (at == text.length() || text.charAt(at) != '"') {
                String value = token();
                return value.isEmpty() ? Optional.empty() : Optional.of(value);
            }
            StringBuilder value = new StringBuilder();
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            if (at == text.length()) {
                return Optional.empty();
            }
            at++;
            return Optional.of(value.toString());
        }

        private String token() {
            int start = at;
            while (at < text.length() && isToken(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private static boolean isToken(char c) {
            return c > 0x20 && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
        }

        private void skipSpace() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private void skipCommas() {
            while (at < text.length()
                    && (text.charAt(at) == ',' || text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
    }
}
