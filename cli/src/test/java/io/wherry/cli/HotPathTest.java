package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Payload;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counts classes on the way of {@code wherry run}: the JVM's share of a start is small only while every class comes from the ahead-of-time
 * cache. Counting is exact where timing is not.
 *
 * <p>Needs what {@code ./build} makes. {@code ./check} builds it first, and there a missing one fails.
 */
final class HotPathTest {
    private static final String LOADED = " source: ";
    private static final String CACHE = "shared objects file";
    private static final List<String> BANNED = List.of("java.util.logging.", "sun.security.", "jdk.internal.foreign.");

    /** What the JVM itself loads before any main method, also for an empty program; and what every file channel's buffers refer to. */
    private static final List<String> ALWAYS = List.of(
            "jdk.internal.foreign.abi.",
            "jdk.internal.foreign.MemorySessionImpl ",
            "sun.security.util.Debug ",
            "sun.security.util.SignatureFileVerifier ");

    private final Path dist = Sources.root().resolve("dist");

    @TempDir
    Path folder;

    @BeforeEach
    void built() {
        assumeTrue(Files.exists(dist) || System.getenv("WHERRY_CHECK") != null, "nothing is built: run ./build");
    }

    @Test
    void everyCommandHasItsCache() {
        for (String cache : List.of("run", "hot", "full")) {
            assertThat(Sources.root().resolve("dist/lib/" + cache + ".aot"))
                    .as("target/build-train-" + cache + ".log tells why it could not be made")
                    .isNotEmptyFile();
        }
    }

    @Test
    void everyClassOfRunComesFromTheCache() throws Exception {
        List<String> classes = classesOf("run", "--rm", "-m", "64m", "hello");
        assertThat(classes).as("the log of loaded classes").hasSizeGreaterThan(300);
        assertThat(classes).as("classes that the cache lacks").allMatch(line -> line.endsWith(LOADED + CACHE));
    }

    @Test
    void anImageOfSeveralLayersNeedsNoOthers() throws Exception {
        assertThat(classesOf("run", "--rm", "--network", "none", "layered"))
                .as("classes that the cache lacks")
                .allMatch(line -> line.endsWith(LOADED + CACHE));
    }

    @Test
    void runNeedsNoLoggingNoSecurityProvidersNoForeignMemory() throws Exception {
        assertThat(classesOf("run", "--rm", "hello"))
                .filteredOn(line -> ALWAYS.stream().noneMatch(line::startsWith))
                .noneMatch(line -> BANNED.stream().anyMatch(line::startsWith));
    }

    /** Runs the command and returns what its JVM loaded, one {@code NAME source: WHERE} a line. */
    private List<String> classesOf(String... words) throws IOException, InterruptedException {
        Path log = folder.resolve("classes.log");
        Path out = folder.resolve("out");
        List<String> command =
                new ArrayList<>(List.of(installation(log).resolve("bin/wherry").toString()));
        command.addAll(List.of("--root", folder.resolve("root").toString()));
        command.addAll(List.of("--state", folder.resolve("state").toString()));
        command.addAll(List.of(words));
        // The first run of a root unpacks the embedded image and chooses a subnet, which is not what people wait for
        // every time.
        run(command, out);
        Files.delete(log);
        run(command, out);
        return Files.readAllLines(log);
    }

    private static void run(List<String> command, Path out) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS))
                .as("ends within a minute")
                .isTrue();
        assertThat(process.exitValue()).as("%s", Files.readString(out)).isZero();
    }

    /**
     * The built one with one more option for its JVM. The launcher finds its files beside itself, so it is copied and they are linked: the
     * JDK takes a cache whose modules are reached by a link, but not one whose modules have moved.
     */
    private Path installation(Path log) throws IOException {
        Path copy = Files.createDirectories(folder.resolve("installation"));
        Path library = Files.createDirectories(copy.resolve("lib"));
        Files.createDirectories(copy.resolve("bin"));
        Files.copy(dist.resolve("bin/wherry"), copy.resolve("bin/wherry"), StandardCopyOption.COPY_ATTRIBUTES);
        try (Stream<Path> files = Files.list(dist.resolve("lib"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.endsWith("jvm.options") && !file.endsWith("images")) {
                    Files.createSymbolicLink(library.resolve(file.getFileName()), file.toRealPath());
                }
            }
        }
        Path images = Files.createDirectories(library.resolve("images"));
        Files.createSymbolicLink(
                images.resolve("hello"), dist.resolve("lib/images/hello").toRealPath());
        layered(images.resolve("layered"));
        List<String> options = new ArrayList<>(Files.readAllLines(dist.resolve("lib/jvm.options")));
        options.add(
                "-Xlog:class+load=info:file=" + log + ":none:filecount=0"); // none: no time and level before the name
        Files.write(library.resolve("jvm.options"), options);
        return copy;
    }

    /** An embedded image of three layers, as most images have some: their chain ids are hashes, but no start should hash. */
    private static void layered(Path to) throws IOException {
        byte[] program = Files.readAllBytes(Payload.HELLO.path());
        OciLayout.create(to)
                .image(
                        "layered",
                        "{\"Entrypoint\":[\"/hello\"],\"Env\":[\"PATH=/\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(
                                new Tar().folder("etc", 0755).bytes(),
                                new Tar().file("etc/motd", "three layers").bytes(),
                                new Tar().file("hello", 0755, program).bytes()));
    }
}
