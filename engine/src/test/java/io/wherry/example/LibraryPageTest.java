package io.wherry.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.engine.AttachedProcess;
import io.wherry.engine.Box;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.ExecSpec;
import io.wherry.engine.Wherry;
import io.wherry.oci.WherryException;
import io.wherry.testkit.Command;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/library.md: each of its examples stands here, word for word, and is run. */
@Tag("user")
class LibraryPageTest {
    private static final Path SOURCE =
            Path.of(System.getProperty("wherry.source", "..")).toAbsolutePath().normalize();
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private static Path folder;
    private static Wherry.Options options;
    private static Wherry wherry;

    /** An installation with an image of its own, so that no example needs a network. */
    @BeforeAll
    static void install() throws IOException {
        Command.requireTool("busybox", "busybox-static");
        folder = Files.createTempDirectory(Path.of("/tmp"), "page-").toRealPath();
        Path binary = Files.createDirectories(folder.resolve("bin")).resolve("wherry");
        Files.copy(SOURCE.resolve("dist/bin/wherry"), binary);
        Tar layer =
                new Tar().folder("bin", 0755).file("bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")));
        for (String name : List.of("sh", "cat", "sort", "echo", "sleep")) {
            layer.symlink("bin/" + name, "busybox");
        }
        OciLayout.create(folder.resolve("lib/images/alpine"))
                .image(
                        "alpine",
                        "{\"Env\":[\"PATH=/bin\"],\"Cmd\":[\"sh\"]}",
                        OciLayout.Compression.GZIP,
                        List.of(layer.bytes()));
        options = Wherry.Options.DEFAULT.root(folder.resolve("root")).binary(binary);
        wherry = Wherry.open(options);
    }

    @AfterAll
    static void remove() {
        assertThat(wherry.containers()).isEmpty();
        wherry.close();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    @Test
    void everyExampleOfThePageStandsHere() throws IOException {
        String here =
                folded(Files.readString(SOURCE.resolve("engine/src/test/java/io/wherry/example/LibraryPageTest.java")));
        List<String> examples = EXAMPLE.matcher(Files.readString(SOURCE.resolve("docs/library.md")))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(examples).hasSizeGreaterThan(6);
        assertThat(examples).allSatisfy(example -> assertThat(here).contains(folded(example)));
    }

    private static String folded(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private final List<Object> logged = new ArrayList<>();

    private void log(Object... things) {
        logged.addAll(List.of(things));
    }

    @Test
    void open() {
        Path root = folder.resolve("another");
        Path binary = folder.resolve("bin/wherry");
        Wherry opened = Wherry.open(Wherry.Options.DEFAULT.root(root).binary(binary));
        opened.close();
    }

    @Test
    void firstMinute() throws IOException {
        try (Box box = wherry.run(ContainerSpec.of("alpine").command("echo", "hello"))) {
            String said = new String(box.output().readAllBytes(), StandardCharsets.UTF_8);
            int code = box.await();
            log(said, code);
        }
        assertThat(logged).containsExactly("hello\n", 0);
    }

    @Test
    void streams() throws IOException {
        ByteArrayOutputStream sorted = new ByteArrayOutputStream();
        try (Box box = wherry.run(ContainerSpec.of("alpine").command("sort").interactive())) {
            try (var input = box.input()) {
                input.write("b\na\n".getBytes(StandardCharsets.UTF_8));
            }
            box.output().transferTo(sorted);
        }
        assertThat(sorted.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\n");
    }

    @Test
    void limits() {
        ContainerSpec.Builder job = ContainerSpec.of("alpine")
                .command("sh", "-c", "exit $CODE")
                .env("CODE", "3")
                .network("none")
                .readOnly();
        try (Box box = wherry.run(job)) {
            OptionalInt code = box.await(Duration.ofSeconds(10));
            log(code);
        }
        assertThat(logged).containsExactly(OptionalInt.of(3));
    }

    @Test
    void exec() throws IOException {
        try (Box box = wherry.run(ContainerSpec.of("alpine").command("sleep", "600"));
                AttachedProcess process = box.exec("echo", "inside")) {
            String said = new String(process.output().readAllBytes(), StandardCharsets.UTF_8);
            log(said, process.await());
            var filter = new ExecSpec.Builder().command("cat").interactive().workdir("/bin");
            box.exec(filter).close();
        }
        assertThat(logged).containsExactly("inside\n", 0);
    }

    @Test
    void errors() {
        try (Box box = wherry.run(ContainerSpec.of("alpine").command("pythn"))) {
            box.await();
        } catch (WherryException e) {
            switch (e.kind()) {
                case NOT_FOUND, INVALID, FAILED_PRECONDITION -> log(e.getMessage(), e.hint());
                case UNAVAILABLE -> log("ask again");
                default -> throw e;
            }
        }
        assertThat(logged.getFirst().toString()).contains("`pythn` was not found in the container");
    }

    @Test
    void threads() throws Exception {
        List<Future<Integer>> codes = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                String code = Integer.toString(i);
                codes.add(executor.submit(() -> {
                    try (Box box = wherry.run(ContainerSpec.of("alpine").command("sh", "-c", "exit " + code))) {
                        return box.await();
                    }
                }));
            }
        }
        for (int i = 0; i < 8; i++) {
            assertThat(codes.get(i).get()).isEqualTo(i);
        }
    }
}
