package io.wherry.cli.format;

import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;

/** What the names of a template mean at one point of its run: the dot and the variables. */
final class Scope {
    private final String source;
    private final List<String> names = new ArrayList<>();
    private final List<JsonValue> values = new ArrayList<>();
    private JsonValue dot;

    Scope(String source, JsonValue root) {
        this.source = source;
        this.dot = root;
        declare("$", root);
    }

    JsonValue dot() {
        return dot;
    }

    /** {@return the dot until now} */
    JsonValue moveDot(JsonValue to) {
        JsonValue outer = dot;
        dot = to;
        return outer;
    }

    int mark() {
        return names.size();
    }

    /** Drops the variables declared since the mark. */
    void forget(int mark) {
        while (names.size() > mark) {
            names.removeLast();
            values.removeLast();
        }
    }

    void declare(String name, JsonValue value) {
        names.add(name);
        values.add(value);
    }

    /** Gives a variable, which the parser has seen declared, a new value. */
    void assign(String name, JsonValue value) {
        values.set(names.lastIndexOf(name), value);
    }

    JsonValue variable(int position, String name) {
        int at = names.lastIndexOf(name);
        if (at < 0) {
            throw problem(position, "the variable `" + name + "` has no value here.");
        }
        return values.get(at);
    }

    TemplateException problem(int position, String sentence) {
        return new TemplateException(source, position, sentence);
    }
}
