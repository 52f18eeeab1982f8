package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The disk refuses: a system call of a pull, a load or a commit that changes a file, in whichever of its threads and processes, fails with ENOSPC or EIO, at its n-th time. The command ends with a sentence about that
 * and no stack trace, or did without that call; its image has no name unless it is whole; what a commit is made of stays whole; the same command then works; nothing is stranded. What is refused was
 * looked up in a run that went well, and counts if it was refused, and no pipe with it. A sample (WHERRY_SEED chooses another), or with WHERRY_ALL all; the counts are printed.
 */
class DiskFaultTest {
    private static final boolean ALL = System.getenv("WHERRY_ALL") != null;
    private static final int SAMPLE_EACH = 2;
    private static final String CALLS = "write,pwrite64,fsync,rename,renameat2,mkdir,mkdirat,syncfs,link,linkat,unlink,"
            + "unlinkat,symlinkat,ftruncate,fchmod,chmod,utimensat";
    /** A line of a trace that is about no file on a disk. */
    private static final Pattern ELSEWHERE = Pattern.compile("\\w+\\((\\d+<[^/]|\\d+</(memfd|proc|dev|sys)|[12]<).*");

    private static final int HANGS_SECONDS = 20;
    private static final String[] ERRORS = {"ENOSPC", "EIO"};
    private static final String READ = "read a </again; echo $a";

    /**
     * A command under test.
     *
     * @param before commands that lead to it
     * @param words the command
     * @param makes the image that is there when it has worked
     */
    private record Subject(List<List<String>> before, List<String> words, String makes) {}

    private Path folder;
    private Built built;
    private LayoutRegistry registry;
    private String image;
    private Path archive;
    private int refused;
    private int failed;
    private final List<String> broken = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        Command.requireTool("strace", "strace");
        folder = Files.createTempDirectory(Path.of("/tmp"), "fault-").toRealPath();
        built = new Built(folder.resolve("root"));
        byte[] busybox = Files.readAllBytes(Path.of("/bin/busybox"));
        registry = new LayoutRegistry(OciLayout.create(folder.resolve("layout"))
                .image(
                        "image",
                        "{\"Cmd\":[\"sh\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(
                                new Tar()
                                        .folder("bin/", 0755)
                                        .file("bin/busybox", 0755, busybox)
                                        .symlink("bin/sh", "busybox")
                                        .bytes(),
                                new Tar()
                                        .file("word", "kept\n")
                                        .hardLink("again", "word")
                                        .bytes())));
        image = registry.reference("image");
        archive = folder.resolve("archive.tar");
        check("pull", "-q", image);
        check("save", "-o", archive.toString(), image);
        removeRoot();
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private String check(String... words) {
        return built.wherry(words).check().out();
    }

    private void removeRoot() {
        Command.of("rm", "-rf", "--one-file-system", built.root().toString()).check();
    }

    /**
     * A point to be tried.
     *
     * @param call a system call
     * @param when how many times it was made before, and once more, by one thread
     */
    private record Point(String call, int when) {}

    /** Makes what leads to the command once, and copies it each time. */
    private void prepare(Subject subject) throws IOException {
        Path ready = folder.resolve("ready");
        if (!Files.exists(ready)) {
            for (List<String> words : subject.before) {
                check(words.toArray(String[]::new));
            }
            Files.createDirectories(built.root());
            Files.move(built.root(), ready);
        }
        removeRoot();
        Command.of("cp", "-a", ready.toString(), built.root().toString()).check();
    }

    /** Traces the command; {@return how it ended}, and {@code threads} gets what each of them did. */
    private Command.Result traced(Subject subject, List<List<String>> threads, String... options) throws IOException {
        Path traces = Files.createTempDirectory(folder, "trace");
        List<String> strace = new ArrayList<>(List.of("timeout", "-s", "KILL", Integer.toString(HANGS_SECONDS)));
        strace.addAll(List.of(
                "strace", "-ffy", "--seccomp-bpf", "-o", traces.resolve("t").toString()));
        strace.addAll(List.of(options));
        Command.Result result = built.wherry(subject.words.toArray(String[]::new))
                .under(strace.toArray(String[]::new))
                .run();
        try (Stream<Path> files = Files.list(traces)) {
            for (Path file : files.toList()) {
                threads.add(Files.readAllLines(file));
            }
        }
        return result;
    }

    /** {@return when a file is changed, and no thread writes to a pipe that often; of all the writes of a reserve, one} */
    private Set<Point> points(Subject subject) throws IOException {
        prepare(subject);
        List<List<String>> threads = new ArrayList<>();
        assertThat(traced(subject, threads, "-e", "trace=" + CALLS).exit()).isZero();
        Set<Point> points = new LinkedHashSet<>();
        Set<Point> elsewhere = new HashSet<>();
        for (List<String> thread : threads) {
            Map<String, Integer> calls = new HashMap<>();
            boolean reserves = false;
            for (String line : thread) {
                if (line.indexOf('(') > 0) {
                    String call = line.substring(0, line.indexOf('('));
                    int when = calls.merge(call, 1, Integer::sum);
                    boolean more = line.contains("/bytes>");
                    if (ELSEWHERE.matcher(line).matches() || more && reserves) {
                        elsewhere.add(new Point(call, when));
                    } else {
                        points.add(new Point(call, when));
                    }
                    reserves = more;
                }
            }
        }
        points.removeAll(elsewhere);
        return points;
    }

    private void refuse(Subject subject, Point point, String error) throws IOException {
        prepare(subject);
        List<Path> before = stored();
        List<List<String>> threads = new ArrayList<>();
        Command.Result result = traced(
                subject,
                threads,
                "-e",
                "trace=" + point.call,
                "-e",
                "inject=" + point.call + ":error=" + error + ":when=" + point.when);
        List<String> injected = threads.stream()
                .flatMap(List::stream)
                .filter(line -> line.endsWith("(INJECTED)"))
                .toList();
        if (injected.isEmpty()
                || injected.stream().anyMatch(line -> ELSEWHERE.matcher(line).matches())) {
            return;
        }
        refused++;
        failed += result.exit() == 0 ? 0 : 1;
        try {
            boolean takesBack =
                    !subject.words.equals(pull()) && injected.size() == 1 && !point.call.startsWith("unlink");
            harmsNothing(subject, result, before, takesBack);
        } catch (AssertionError e) {
            broken.add(String.join("\n", injected) + "\n" + result + e.getMessage());
            System.out.println(broken.getLast());
        }
    }

    /**
     * Looks at what the command did.
     *
     * @param before what was stored before it
     * @param takesBack whether it takes back what it began: a pull goes on later, and where more was refused, or a removal, something may stay
     */
    private void harmsNothing(Subject subject, Command.Result result, List<Path> before, boolean takesBack)
            throws IOException {
        if (result.exit() != 0) {
            assertThat(result.err()).containsPattern("No space left|ENOSPC|is full|nput/output error|EIO");
        }
        assertThat(result.err()).doesNotContain("efect of").doesNotContain("\tat ");
        boolean listed = check("images", "--format", "{{.Repository}}:{{.Tag}}").contains(subject.makes);
        assertThat(listed || result.exit() != 0).as("there is an image").isTrue();
        if (listed) {
            assertThat(runs(subject.makes)).isEqualTo("kept\n");
        }
        if (!listed && takesBack) {
            assertThat(stored()).isEqualTo(before);
        }
        check(subject.words.toArray(String[]::new));
        assertThat(runs(subject.makes)).as("the second time").isEqualTo("kept\n");
        if (!subject.before.isEmpty()) {
            assertThat(check("start", "-a", "box")).isEqualTo("kept\n");
        }
        noneLeft(List.of("tmp", "trash", "content/ingest"));
        check("check", "--full", "-q");
        check("system", "prune", "-af");
        noneLeft(List.of("containers", "images", "content/blobs/sha256", "layers/overlay"));
    }

    /** Waits a moment: the monitor still clears up behind a container. */
    private void noneLeft(List<String> places) throws IOException {
        for (String place : places) {
            List<Path> left = left(place);
            for (int i = 0; i < 500 && !left.isEmpty(); i++) {
                LockSupport.parkNanos(10_000_000);
                left = left(place);
            }
            assertThat(left).as("left in %s", place).isEmpty();
        }
    }

    private List<Path> stored() throws IOException {
        List<Path> stored = new ArrayList<>();
        for (String place : List.of("content/blobs/sha256", "content/ingest", "layers/overlay")) {
            stored.addAll(left(place));
        }
        Collections.sort(stored);
        return stored;
    }

    private List<Path> left(String place) throws IOException {
        Path there = built.root().resolve(place);
        if (!Files.isDirectory(there)) {
            return List.of();
        }
        try (Stream<Path> left = Files.list(there)) {
            return left.toList();
        }
    }

    private String runs(String name) {
        return check("run", "--rm", "--network", "none", name, "sh", "-c", READ);
    }

    @Test
    void aPullThatTheDiskRefusesLeavesNothingStranded() throws IOException {
        sweep(new Subject(List.of(), pull(), image));
    }

    @Test
    void aLoadThatTheDiskRefusesLeavesNothingStranded() throws IOException {
        sweep(new Subject(List.of(), List.of("load", "-q", "-i", archive.toString()), image));
    }

    @Test
    void aCommitThatTheDiskRefusesLeavesNothingStranded() throws IOException {
        List<String> run =
                List.of("run", "--name", "box", "--network", "none", image, "sh", "-c", "echo more >>/more; " + READ);
        sweep(new Subject(List.of(pull(), run), List.of("commit", "box", "made:1"), "made:1"));
    }

    private List<String> pull() {
        return List.of("pull", "-q", image);
    }

    private void sweep(Subject subject) throws IOException {
        String given = System.getenv("WHERRY_SEED");
        Random random = new Random(given == null ? 1 : Long.parseLong(given));
        List<Point> points = new ArrayList<>(points(subject));
        Collections.shuffle(points, random);
        for (int i = 0; i < points.size() && (ALL || refused < SAMPLE_EACH); i++) {
            for (String error : ALL ? ERRORS : new String[] {ERRORS[i % ERRORS.length]}) {
                refuse(subject, points.get(i), error);
            }
        }
        System.out.printf(
                "%s: of %d points %d calls refused by the disk, %d commands failed of it, %d left something stranded or broken%n",
                subject.words.getFirst(), ERRORS.length * points.size(), refused, failed, broken.size());
        assertThat(broken).isEmpty();
    }
}
