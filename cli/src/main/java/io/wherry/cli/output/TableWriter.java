package io.wherry.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Aligns cells in columns, three spaces apart and, unless another width is asked for, at least ten wide, as docker's tables are. Not safe for several threads. */
public final class TableWriter {
    private static final int GAP = 3;
    private static final int NARROWEST = 10;

    private final int narrowest;
    private final List<String[]> rows = new ArrayList<>();

    public TableWriter() {
        this(NARROWEST);
    }

    /** A table whose columns are at least so wide, the space between them counted in. */
    public TableWriter(int narrowest) {
        this.narrowest = narrowest;
    }

    /** Adds a row; the first one is the header. */
    public TableWriter row(String... cells) {
        String[] safe = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            safe[i] = Screen.safe(cells[i]);
        }
        rows.add(safe);
        return this;
    }

    /** Adds a row whose cells are separated by tabs, as templates write them. */
    public TableWriter tabbed(String line) {
        List<String> cells = new ArrayList<>();
        int from = 0;
        while (from <= line.length()) {
            int tab = line.indexOf('\t', from);
            int end = tab < 0 ? line.length() : tab;
            cells.add(line.substring(from, end));
            from = end + 1;
        }
        return row(cells.toArray(new String[0]));
    }

    /** {@return the table, a line feed behind each row} */
    public String text() {
        int[] widths = widths();
        StringBuilder out = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                out.append(row[i]);
                if (i < row.length - 1) {
                    out.repeat(' ', widths[i] - width(row[i]));
                }
            }
            out.append('\n');
        }
        return out.toString();
    }

    private int[] widths() {
        int columns = 0;
        for (String[] row : rows) {
            columns = Math.max(columns, row.length);
        }
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], Math.max(narrowest, width(row[i]) + GAP));
            }
        }
        return widths;
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
