package io.wherry.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows a pull: on a terminal one line per layer, redrawn in place; elsewhere one line per layer when it is done.
 *
 * <p>Safe for several threads; layers report from the threads that fetch them.
 */
public final class PullProgress {
    private static final long REDRAW_NANOS = 80_000_000;
    private static final int BAR = 30;
    private static final int LEAST_WIDTH = 40;

    /** What is known of one layer. */
    private static final class Line {
        final String layer;
        String state = "";
        long done;
        long total;
        boolean finished;

        Line(String layer) {
            this.layer = layer;
        }
    }

    private final PrintStream err;
    private final int width;
    private final int height;
    private final List<Line> lines = new ArrayList<>();
    private int drawn;
    private long lastDraw;

    /**
     * A display.
     *
     * @param width columns of the terminal; 0: there is none
     * @param height its rows
     */
    public PullProgress(PrintStream err, int width, int height) {
        this.err = err;
        this.width = width;
        this.height = height;
    }

    private boolean isTerminal() {
        return width > 0;
    }

    /** A layer moved on. {@code total} is 0 where it is not known. */
    public synchronized void moved(String layer, String state, long done, long total) {
        Line line = line(layer);
        boolean other = !line.state.equals(state);
        line.state = state;
        line.done = done;
        line.total = total;
        if (isTerminal() && (other || System.nanoTime() - lastDraw > REDRAW_NANOS)) {
            draw();
        }
    }

    /** A layer is done; {@code state} says how: pulled, or there already. */
    public synchronized void finished(String layer, String state) {
        Line line = line(layer);
        line.state = state;
        line.finished = true;
        if (isTerminal()) {
            draw();
        } else {
            err.print(Human.shortId(layer) + ": " + state + "\n");
        }
    }

    private Line line(String layer) {
        for (Line line : lines) {
            if (line.layer.equals(layer)) {
                return line;
            }
        }
        Line line = new Line(layer);
        lines.add(line);
        return line;
    }

    /** Moves up over what was drawn, prints the lines that will not change any more first, and the others below. */
    private void draw() {
        StringBuilder out = new StringBuilder();
        if (drawn > 0) {
            out.append("\u001b[").append(drawn).append("A\r");
        }
        List<Line> moving = new ArrayList<>();
        for (Line line : lines) {
            if (line.finished) {
                append(out, Human.shortId(line.layer) + ": " + line.state);
            } else {
                moving.add(line);
            }
        }
        lines.removeIf(line -> line.finished);
        int room = Math.max(1, (height <= 0 ? 24 : height) - 2);
        drawn = Math.min(room, moving.size());
        for (int i = 0; i < drawn; i++) {
            boolean rest = i == drawn - 1 && moving.size() > drawn;
            append(out, rest ? "and " + (moving.size() - i) + " more layers" : shown(moving.get(i)));
        }
        out.append("\u001b[J");
        err.print(out);
        err.flush();
        lastDraw = System.nanoTime();
    }

    private void append(StringBuilder out, String line) {
        String safe = Screen.safe(line);
        out.append(safe, 0, Math.min(safe.length(), Math.max(LEAST_WIDTH, width) - 1))
                .append("\u001b[K\n");
    }

    private String shown(Line line) {
        String text = Human.shortId(line.layer) + ": " + line.state;
        if (line.total <= 0) {
            return line.done > 0 ? text + " " + Human.size(line.done) : text;
        }
        String sizes = Human.size(line.done) + "/" + Human.size(line.total);
        if (width < text.length() + BAR + sizes.length() + 6) {
            return text + " " + sizes;
        }
        int full = (int) Math.min(BAR, line.done * BAR / line.total);
        StringBuilder bar = new StringBuilder(text).append(" [").repeat('=', full);
        if (full < BAR) {
            bar.append('>').repeat(' ', BAR - full - 1);
        }
        return bar.append("] ").append(sizes).toString();
    }
}
