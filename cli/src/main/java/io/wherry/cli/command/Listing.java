package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.format.Template;
import io.wherry.cli.output.Screen;
import io.wherry.cli.output.TableWriter;
import io.wherry.cli.table.OptionTable;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonString;
import io.wherry.oci.json.JsonValue;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prints objects of one kind as a table, as ids, as JSON lines or by a template.
 *
 * @param titles the column title of each field
 * @param columns the fields of the table, in order
 * @param id the field that names an object
 */
record Listing(JsonObject titles, List<String> columns, String id) {
    private static final String TABLE = "table";

    /** Of objects that have an {@code ID}. */
    Listing(JsonObject titles, List<String> columns) {
        this(titles, columns, "ID");
    }

    /** How a listing is to look: what the options fill that all listings have. */
    static class Words {
        /** Ids only. */
        boolean quiet;

        /** Nothing is shortened. */
        boolean wide;

        boolean json;

        /** {@code json}, {@code table}, {@code table TEMPLATE} or a template. */
        @Nullable
        String format;
    }

    /**
     * {@return a command's own options, and behind them those that all listings have}
     *
     * @param whole what is printed whole on demand
     */
    static <W extends Words> OptionTable<W> options(OptionTable<W> own, String whole) {
        return own.flag("no-trunc", NONE, "Print " + whole + " whole", (w, v) -> w.wide = v)
                .text("format", NONE, "TEMPLATE", "A Go template, `table TEMPLATE` or `json`", (w, v) -> w.format = v)
                .flag("json", NONE, "Print one JSON object a line", (w, v) -> w.json = v);
    }

    /** Prints. */
    void print(PrintStream out, List<JsonObject> rows, Words words) {
        String format = words.format;
        if (words.json || "json".equals(format)) {
            for (JsonObject row : rows) {
                line(out, row);
            }
        } else if (words.quiet && format == null) {
            for (JsonObject row : rows) {
                out.print(Screen.safe(text(row, id)) + "\n");
            }
        } else if (format == null || format.equals(TABLE)) {
            out.print(table(rows));
        } else if (format.startsWith(TABLE + " ")) {
            Template template = Template.parse(format.substring(TABLE.length() + 1));
            TableWriter table = new TableWriter().tabbed(template.apply(titles));
            for (JsonObject row : rows) {
                table.tabbed(template.apply(row));
            }
            out.print(table.text());
        } else {
            Template template = Template.parse(format);
            for (JsonObject row : rows) {
                out.print(template.apply(row) + "\n");
            }
        }
    }

    private String table(List<JsonObject> rows) {
        TableWriter table = new TableWriter().row(cells(titles));
        for (JsonObject row : rows) {
            table.row(cells(row));
        }
        return table.text();
    }

    private String[] cells(JsonObject row) {
        String[] cells = new String[columns.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = text(row, columns.get(i));
        }
        return cells;
    }

    private static String text(JsonObject row, String field) {
        return row.get(field).orElse(null) instanceof JsonString text ? text.value() : "";
    }

    /** Prints one value as a line of JSON. */
    static void line(PrintStream out, JsonValue value) {
        out.print(new String(value.toBytes(), StandardCharsets.UTF_8) + "\n");
    }
}
