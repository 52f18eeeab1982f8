package io.wherry.store.tree;

import io.wherry.kernel.tree.TreePilots;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The pilot's tree server in a process of its own, built from pilot/ with gcc, in a mount namespace and root of its own. */
public final class HostedPilots implements TreePilots {
    private static final Path BINARY = build();
    private final List<String> options;
    private final List<Process> started = java.util.Collections.synchronizedList(new ArrayList<>());
    private final List<TreeTarget> opened = java.util.Collections.synchronizedList(new ArrayList<>());

    public HostedPilots(String... options) {
        this.options = List.of(options);
    }

    private static Path build() {
        try {
            Path source = Path.of(System.getProperty("wherry.source"));
            Path out = source.resolve("store/target/tree_main");
            Path tables = Files.createDirectories(source.resolve("store/target/tables"));
            run(
                    System.getProperty("java.home") + "/bin/java",
                    source + "/kernel/tables/Generate.java",
                    "c",
                    tables.toString());
            run(
                    "gcc",
                    "-O2",
                    "-g",
                    "-D_GNU_SOURCE",
                    "-I" + source + "/pilot",
                    "-I" + tables,
                    source + "/pilot/trees.c",
                    source + "/pilot/trees_check.c",
                    source + "/pilot/trees_copy.c",
                    source + "/pilot/trees_read.c",
                    source + "/pilot/trees_usage.c",
                    source + "/pilot/remove.c",
                    source + "/pilot/subvolume.c",
                    source + "/pilot/listing.c",
                    source + "/pilot/text.c",
                    source + "/pilot/memory.c",
                    source + "/pilot/test/tree_main.c",
                    "-o",
                    out.toString());
            return out;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program and fails unless it succeeds. */
    public static String run(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output =
                new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", words) + ": " + output);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return output;
    }

    /** {@return the targets of all pilots that were started} */
    public List<TreeTarget> opened() {
        return List.copyOf(opened);
    }

    /** Waits until a pilot was started. */
    public void awaitStart() {
        while (started.isEmpty()) {
            Thread.onSpinWait();
        }
    }

    /** Kills every pilot that was started so far and still runs. */
    public void killAll() {
        List.copyOf(started).forEach(Process::destroyForcibly);
    }

    @Override
    public TreeSession open(TreeTarget target) {
        opened.add(target);
        List<String> words = new ArrayList<>();
        words.add(BINARY.toString());
        words.addAll(options);
        words.add(target.folder().toString());
        words.add(Integer.toString(target.flags()));
        if (!target.lowers().isEmpty()) {
            words.add(String.join(
                    ":", target.lowers().stream().map(Path::toString).toList()));
            words.add(
                    target.form() == TreeTarget.Form.VIEW ? "-" : target.work().toString());
        }
        try {
            Process process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            started.add(process);
            return new Session(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Session(Process process) implements TreeSession {
        @Override
        public OutputStream operations() {
            return process.getOutputStream();
        }

        @Override
        public InputStream replies() {
            return process.getInputStream();
        }

        @Override
        public void close() {
            try {
                process.getOutputStream().close();
                if (process.getInputStream().available() > 0) {
                    process.getInputStream().close(); // It may wait for somebody to read.
                }
            } catch (IOException e) {
                // The pilot is gone already.
            }
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException("the tree server does not end");
                }
                process.getInputStream().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
