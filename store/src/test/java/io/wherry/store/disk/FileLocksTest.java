package io.wherry.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLocksTest {
    @TempDir
    Path folder;

    /** Another process that takes a lock, says so, and holds it until it is killed. */
    public static final class Other {
        private Other() {}

        public static void main(String[] words) throws InterruptedException {
            FileLocks locks = new FileLocks(Path.of(words[0]));
            try (FileLocks.Held _ = words[2].equals("shared") ? locks.shared(words[1]) : locks.exclusive(words[1])) {
                System.out.println("held");
                Thread.sleep(60_000);
            }
        }
    }

    private Process other(String key, String how) throws IOException {
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", ""),
                        Other.class.getName(),
                        folder.toString(),
                        key,
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("held");
        return process;
    }

    @Test
    void lockOfAnotherProcessExcludesUntilItIsKilled() throws Exception {
        FileLocks locks = new FileLocks(folder);
        try (FileLocks.Held _ = locks.exclusive("mine")) {
            Process other = other("its", "exclusive");
            try {
                assertThat(locks.tryExclusive("its")).isEmpty();
                locks.tryExclusive("third").orElseThrow().close();
                assertThat(locks.tryExclusive("its"))
                        .as("what was closed was another")
                        .isEmpty();
                assertThat(locks.tryExclusive("mine")).isEmpty();
            } finally {
                other.destroyForcibly().waitFor();
            }
            locks.exclusive("its").close();
        }
    }

    @Test
    void sharedLockIsSharedBetweenProcessesAndExcludesAnExclusiveOne() throws Exception {
        FileLocks locks = new FileLocks(folder);
        Process other = other("key", "shared");
        try {
            locks.shared("key").close();
            assertThat(locks.tryExclusive("key")).isEmpty();
        } finally {
            other.destroyForcibly().waitFor();
        }
        locks.tryExclusive("key").orElseThrow().close();
    }

    @Test
    void interruptedThreadLeavesTheLocksOfOthersHeld() throws Exception {
        FileLocks locks = new FileLocks(folder);
        Process other = other("its", "exclusive");
        try (FileLocks.Held _ = locks.exclusive("mine")) {
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    locks.exclusive("its");
                } catch (RuntimeException e) {
                    // interrupted
                }
            });
            TimeUnit.MILLISECONDS.sleep(50);
            waiting.interrupt();
            waiting.join();
            other.destroyForcibly().waitFor();
            assertThat(anythingIsHeld()).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
        assertThat(anythingIsHeld()).isFalse();
    }

    private boolean anythingIsHeld() throws Exception {
        String whole = "import fcntl,sys\nfcntl.lockf(open(sys.argv[1], 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)";
        Process asks = new ProcessBuilder(
                        "python3", "-c", whole, folder.resolve(FileLocks.FILE).toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return asks.waitFor() != 0;
    }

    @Test
    void anyNumberOfKeysLeavesOneEmptyFile() {
        FileLocks locks = new FileLocks(folder);
        List<FileLocks.Held> held = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            held.add(locks.exclusive("key-" + i));
        }
        held.forEach(FileLocks.Held::close);
        assertThat(folder.toFile().listFiles()).hasSize(1);
        assertThat(folder.resolve(FileLocks.FILE)).isEmptyFile();
    }
}
