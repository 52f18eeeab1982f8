package io.wherry.cli.command;

import io.wherry.oci.WherryException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The host's own {@code ps}, of which only some processes are shown. It runs with the options of the user as its arguments, and with the rights of the user. */
final class HostPs {
    private static final int MOST_BYTES = 16 << 20;

    private HostPs() {}

    /**
     * {@return the titles and the rows of these processes}
     *
     * @param options as ps(1) takes them; its output must have a column PID
     */
    static List<String[]> of(List<String> options, Set<Long> pids) {
        List<String[]> table = new ArrayList<>();
        int pid = -1;
        for (String line : output(options).split("\n")) {
            String[] cells = line.strip().split("\\s+", table.isEmpty() ? 0 : table.getFirst().length);
            if (table.isEmpty()) {
                pid = List.of(cells).indexOf("PID");
                table.add(cells);
            } else if (pid >= 0 && pid < cells.length && isOneOf(cells[pid], pids)) {
                table.add(cells);
            }
        }
        if (pid < 0) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "There is no column PID in what `ps " + String.join(" ", options) + "` prints.",
                    "Add it, as in `-o pid,comm`.");
        }
        return table;
    }

    private static boolean isOneOf(String cell, Set<Long> pids) {
        try {
            return pids.contains(Long.parseLong(cell));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String output(List<String> options) {
        List<String> words = new ArrayList<>(List.of("ps"));
        words.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(words).redirectInput(new File("/dev/null"));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            Process process = builder.start();
            byte[] bytes = process.getInputStream().readNBytes(MOST_BYTES);
            process.getInputStream().close();
            int code = process.waitFor();
            if (code != 0) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "`ps " + String.join(" ", options) + "` of this host ended with " + code + ".");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "There is no `ps` on this host, which options of `top` need.",
                    "Leave the options out, or install procps.");
        } catch (InterruptedException e) {
            throw new WherryException(WherryException.Kind.INTERRUPTED, "The wait for `ps` was interrupted.");
        }
    }
}
