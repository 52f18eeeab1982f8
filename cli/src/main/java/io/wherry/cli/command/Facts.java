package io.wherry.cli.command;

import io.wherry.cli.output.Screen;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints one flat object: a line for each member, JSON, or by a template. */
final class Facts {
    private Facts() {}

    static void print(PrintStream out, JsonObject facts, boolean json, @Nullable String format) {
        if (json || format != null) {
            Documents.print(out, List.of(facts), json, format);
            return;
        }
        int column = 0;
        for (String name : facts.members().keySet()) {
            column = Math.max(column, name.length());
        }
        for (Map.Entry<String, JsonValue> fact : facts.members().entrySet()) {
            JsonValue value = fact.getValue();
            String text = value instanceof JsonString string ? string.value() : value.toString();
            out.print(fact.getKey() + " ".repeat(column - fact.getKey().length() + 2) + Screen.safe(text) + "\n");
        }
    }
}
