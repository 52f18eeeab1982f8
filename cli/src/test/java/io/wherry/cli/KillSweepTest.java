package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Commands that change containers or images are killed at their system calls that have effects, one after the other: the process that makes the call (the JVM, the launcher, a pilot) gets
 * SIGKILL before the call. The next command heals: the container is as it was before, or as it should be, and goes on if it was paused for the command; an image that is there runs, and is made
 * when it is asked for again; everything can be removed; nothing is left. A sample of the points (WHERRY_SEED chooses another), or with WHERRY_ALL all of them; the counts are printed. (Points
 * of programs, where a pilot dies at an instruction, are in the engine's CrashSweepTest.)
 */
class KillSweepTest {
    private static final boolean ALL = System.getenv("WHERRY_ALL") != null;
    private static final int SAMPLE = 14;
    private static final int SAMPLE_OF_IMAGES = 4;
    private static final int MOST_CALLS = 400;

    /** The calls that change files, processes or what others are told. */
    private static final String[] CALLS = {
        "mkdir",
        "rename",
        "link",
        "unlink",
        "fsync",
        "write",
        "mkdirat",
        "renameat",
        "renameat2",
        "unlinkat",
        "linkat",
        "rmdir",
        "ftruncate",
        "clone3",
        "execve",
        "execveat",
        "fork",
        "bind",
        "sendto"
    };

    /**
     * A command under test.
     *
     * @param before commands that lead to it
     * @param words the command
     */
    private record Subject(List<List<String>> before, List<String> words) {}

    /** Looks at what a command has left, and removes it. */
    private interface Healing {
        void of(Subject subject, String what) throws IOException;
    }

    private final BuiltYard yard = new BuiltYard("kill");

    @BeforeEach
    void tools() {
        Command.requireTool("strace", "strace");
    }

    @AfterEach
    void close() {
        yard.close();
    }

    private List<Subject> subjects() {
        List<String> create = List.of(
                "create",
                "--name",
                "box",
                "--network",
                "none",
                "--init",
                "--rootfs",
                yard.throwaway(),
                "/bin/busybox",
                "sleep",
                "600");
        List<String> run = new ArrayList<>(create);
        run.set(0, "run");
        run.add(1, "-d");
        List<String> start = List.of("start", "box");
        List<String> stop = List.of("stop", "-t", "5", "box");
        return List.of(
                new Subject(List.of(), create),
                new Subject(List.of(), run),
                new Subject(List.of(create), start),
                new Subject(List.of(create, start), stop),
                new Subject(List.of(create, start), List.of("restart", "-t", "5", "box")),
                new Subject(List.of(create, start), List.of("kill", "box")),
                new Subject(List.of(create, start, stop), start),
                new Subject(List.of(create), List.of("rename", "box", "crate")),
                new Subject(
                        List.of(create, start), List.of("update", "--restart", "always", "--pids-limit", "50", "box")),
                new Subject(List.of(create, start), List.of("exec", "-d", "box", "/bin/busybox", "sleep", "600")),
                new Subject(List.of(create), List.of("rm", "box")),
                new Subject(List.of(create, start), List.of("rm", "-f", "box")));
    }

    private List<Subject> subjectsWithImages() throws IOException {
        String archive = yard.folder().resolve("image.tar").toString();
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        yard.wherry("import", "-", "image")
                .input(new Tar()
                        .folder("bin/", 0755)
                        .file("bin/busybox", 0755, busybox)
                        .bytes())
                .check();
        yard.wherry("save", "-o", archive, "image").check();
        yard.wherry("system", "prune", "-af").check();
        List<String> load = List.of("load", "-q", "-i", archive);
        List<String> run =
                List.of("run", "-d", "--name", "box", "--network", "none", "image", "/bin/busybox", "sleep", "600");
        return List.of(
                new Subject(List.of(), load),
                new Subject(List.of(load, run), List.of("commit", "box", "made")),
                new Subject(List.of(load, run), List.of("clone", "box", "crate")));
    }

    @Test
    void theNextCommandHeals() throws IOException {
        sweep(subjects(), SAMPLE, (subject, what) -> heal(what));
    }

    @Test
    void theNextCommandHealsImages() throws IOException {
        sweep(subjectsWithImages(), SAMPLE_OF_IMAGES, (subject, what) -> {
            for (String name :
                    yard.wherry("images", "--format", "{{.Repository}}").check().lines()) {
                yard.wherry("run", "--rm", "--network", "none", name, "/bin/busybox", "true")
                        .check();
            }
            if (!subject.words.getFirst().equals("clone")) { // whose name may be taken
                yard.wherry(subject.words.toArray(String[]::new)).check();
            }
            heal(what);
            yard.wherry("system", "prune", "-af").check();
            noneLeft(List.of("images", "content/blobs/sha256", "content/ingest", "layers/overlay", "tmp"), what);
            Command unfinished = Command.of("find", yard.built().root().toString(), "-name", ".new-*");
            assertThat(unfinished.check().out()).as(what).isEmpty();
        });
    }

    private void sweep(List<Subject> subjects, int sample, Healing healing) throws IOException {
        String given = System.getenv("WHERRY_SEED");
        Random random = new Random(given == null ? 1 : Long.parseLong(given));
        List<String> broken = new ArrayList<>();
        int points = 0;
        int killed = 0;
        if (ALL) {
            for (Subject subject : subjects) {
                for (String call : CALLS) {
                    int when = 1;
                    while (when < MOST_CALLS && point(subject, call, when, healing, broken)) {
                        when++;
                    }
                    points += when;
                    killed += when - 1;
                }
                System.out.printf(
                        "%s: %d points so far, %d commands killed, %d leaks%n",
                        subject.words.getFirst(), points, killed, broken.size());
            }
        } else {
            List<Subject> shuffled = new ArrayList<>(subjects);
            Collections.shuffle(shuffled, random);
            for (int i = 0; i < sample; i++) {
                String call = CALLS[random.nextInt(CALLS.length)];
                points++;
                Subject subject = shuffled.get(i % subjects.size());
                killed += point(subject, call, 1 + random.nextInt(3), healing, broken) ? 1 : 0;
            }
        }
        System.out.printf("%d points tried, %d commands killed, %d leaks%n", points, killed, broken.size());
        assertThat(broken).isEmpty();
    }

    /** {@return whether there was such a call, so that something was killed} */
    private boolean point(Subject subject, String call, int when, Healing healing, List<String> broken)
            throws IOException {
        for (List<String> words : subject.before) {
            yard.wherry(words.toArray(String[]::new)).check();
        }
        // -D: the tracer is not waited for, since it stays with what goes on running
        List<String> traced = new ArrayList<>(List.of(
                "sh",
                "-c",
                "exec \"$@\" >" + yard.folder() + "/out 2>&1",
                "sh",
                "strace",
                "-D",
                "-f",
                "-qq",
                "-o",
                yard.folder() + "/trace",
                "-e",
                "trace=" + call,
                "-e",
                "inject=" + call + ":signal=KILL:when=" + when));
        traced.addAll(yard.wherry(subject.words.toArray(String[]::new)).words());
        Files.deleteIfExists(yard.folder().resolve("trace"));
        Command.of(traced).run();
        String what = String.join(" ", subject.words) + ", killed at " + call + " " + when;
        try {
            healing.of(subject, what);
        } catch (AssertionError e) {
            broken.add(what + ": " + e.getMessage());
        }
        return wasKilled(Files.readAllLines(yard.folder().resolve("trace")), call, when);
    }

    /** {@return whether some process was killed at that call of it, and not by somebody else later} */
    private static boolean wasKilled(List<String> trace, String call, int when) {
        Map<String, Integer> calls = new HashMap<>();
        for (String line : trace) {
            String[] parts = line.split(" +", 2);
            if (parts.length == 2
                    && parts[1].startsWith(call + "(")
                    && calls.merge(parts[0], 1, Integer::sum) == when) {
                return true;
            }
        }
        return false;
    }

    private void heal(String what) throws IOException {
        Command.Result listed = listed();
        for (int i = 0; i < 200 && listed.out().contains("paused"); i++) { // its monitor is about to notice
            LockSupport.parkNanos(10_000_000);
            listed = listed();
        }
        assertThat(listed.exit()).as("%s: %s", what, listed.err()).isZero();
        for (String line : listed.lines()) {
            assertThat(line).as(what).matches("(box|crate) (created|running|exited)");
        }
        List<String> ids = yard.wherry("ps", "-aq", "--no-trunc").check().lines();
        Command.Result removed = yard.wherry("rm", "-f", "box", "crate").run();
        assertThat(removed.exit()).as("%s: %s", what, removed.err()).isZero();
        assertThat(yard.wherry("ps", "-aq").check().out()).isEmpty();
        noneLeft(List.of("names", "containers", "trash", "volatile/c"), what);
        for (String id : ids) {
            Command.Result groups = Command.of(
                            "sh",
                            "-c",
                            "ls -d /sys/fs/cgroup/*/wherry/" + id + " /sys/fs/cgroup/wherry/" + id + " 2>/dev/null")
                    .run();
            assertThat(groups.out()).as("%s: left of %s", what, id).isEmpty();
        }
    }

    private Command.Result listed() {
        return yard.wherry("ps", "-a", "--format", "{{.Names}} {{.State}}").run();
    }

    private void noneLeft(List<String> places, String what) throws IOException {
        for (String place : places) {
            Path there = yard.built().root().resolve(place);
            if (Files.isDirectory(there)) {
                try (Stream<Path> entries = Files.list(there)) {
                    assertThat(entries.toList())
                            .as("%s: left in %s", what, place)
                            .isEmpty();
                }
            }
        }
    }
}
