package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who looks for what is left of others while a container is being made; strace holds both where they meet. */
class UnfinishedCreationTest {
    private static final String UNFINISHED = ".new-";
    private static final int MAKER_MICROS = 2_500_000;
    private static final int WATCHER_MICROS = 6_000_000;

    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        Command.requireTool("strace", "strace");
        folder = Files.createTempDirectory(Path.of("/tmp"), "unfinished-").toRealPath();
        built = new Built(folder.resolve("root"));
        built.wherry("ps", "-a").check();
        Files.createDirectories(built.root().resolve("containers"));
    }

    @AfterEach
    void close() {
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    /** Listed while it is made, looked at when it is ready and its maker has gone. */
    @Test
    void whatIsReadyBetweenTwoLooksKeepsItsNameAndItsLock() throws IOException, InterruptedException {
        Path containers = built.root().resolve("containers");
        Process maker = built.wherry("create", "--name", "box", "--network", "none", "--rootfs", "/:O", "true")
                .under("strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=rename:delay_enter=" + MAKER_MICROS)
                .start();
        String id = awaitUnfinished(containers).substring(UNFINISHED.length());
        built.wherry("ps", "-a")
                .under(
                        "strace",
                        "-f",
                        "-qq",
                        "-o",
                        "/dev/null",
                        "-P",
                        containers.toString(),
                        "-e",
                        "inject=getdents64:when=1:delay_exit=" + WATCHER_MICROS)
                .check();
        assertThat(maker.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(maker.exitValue()).isZero();
        assertThat(containers.resolve(id)).isDirectory();
        assertThat(built.root().resolve("names/box")).hasContent(id);
        assertThat(built.root().resolve("locks").resolve(id)).exists();
        built.wherry("rm", "box").check();
        assertThat(containers).isEmptyDirectory();
    }

    private static String awaitUnfinished(Path containers) throws IOException {
        long end = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < end) {
            try (Stream<Path> entries = Files.list(containers)) {
                for (Path entry : entries.toList()) {
                    if (entry.getFileName().toString().startsWith(UNFINISHED)) {
                        return entry.getFileName().toString();
                    }
                }
            }
        }
        throw new AssertionError("nothing is made in " + containers);
    }
}
