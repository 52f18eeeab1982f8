package io.wherry.cli.command;

import io.wherry.cli.format.Template;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonValue;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints whole documents: one indented array, JSON lines, or by a template. */
final class Documents {
    private Documents() {}

    /**
     * Prints.
     *
     * @param format null, {@code json} or a template
     */
    static void print(PrintStream out, List<JsonValue> documents, boolean json, @Nullable String format) {
        if (json || "json".equals(format)) {
            for (JsonValue document : documents) {
                Listing.line(out, document);
            }
        } else if (format == null) {
            out.print(new String(JsonArray.of(documents).toIndentedBytes(), StandardCharsets.UTF_8));
        } else {
            Template template = Template.parse(format);
            for (JsonValue document : documents) {
                out.print(template.apply(document) + "\n");
            }
        }
    }
}
