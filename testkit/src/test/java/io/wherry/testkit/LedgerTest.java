package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.LedgerEntry.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("user")
class LedgerTest {
    private static final Path CLASSES = Path.of(
            Ledger.class.getProtectionDomain().getCodeSource().getLocation().getPath());

    /** A shell script between two ledgers. */
    private static Command ledgerAround(String script, String... options) {
        List<String> words = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        words.addAll(List.of("-cp", CLASSES.toString(), LedgerMain.class.getName()));
        words.addAll(Arrays.asList(options));
        words.addAll(List.of("sh", "-ec", script));
        return Command.of(words);
    }

    private static Command.Result inNamespaces(String script, String... options) {
        return ledgerAround(script, options).under("unshare", "-Urmn").run();
    }

    @Test
    void findsNothingWhereNothingWasLeft() {
        Command.Result result =
                inNamespaces("mount -t tmpfs none /mnt; umount /mnt; ip link add d0 type bridge; ip link del d0");
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isZero();
    }

    @Test
    void findsMountsLinksAddressesAndRules() {
        Command.Result result = inNamespaces("""
                mount -t tmpfs wherry-left /mnt
                mount -t tmpfs wherry-left /mnt
                ip link add wherry0 type bridge; ip addr add 10.9.8.7/24 dev wherry0; ip link set wherry0 up
                /usr/sbin/nft 'add table inet wherry; add chain inet wherry one { type filter hook input priority 0; }; add rule inet wherry one tcp dport 9 drop'
                """);
        assertThat(result.err().lines())
                .contains(
                        "leaked   MOUNT /mnt tmpfs wherry-left /  (rw,relatime)",
                        "leaked   MOUNT /mnt tmpfs wherry-left / #2  (rw,relatime)",
                        "leaked   ADDRESS wherry0 inet 10.9.8.7/24",
                        "leaked   NFT table inet wherry / chain one / tcp dport 9 drop")
                .anyMatch(line -> line.startsWith("leaked   LINK wherry0"))
                .anyMatch(line -> line.startsWith("leaked   ROUTE -4 route 10.9.8.0/24"))
                .noneMatch(line -> line.startsWith("vanished"));
        assertThat(result.exit()).isEqualTo(98);
    }

    @Test
    void findsWhatWasTakenAway() {
        Command.Result result = ledgerAround("umount /mnt; ip link del foreign0")
                .under("sh", "-ec", "mount -t tmpfs foreign /mnt; ip link add foreign0 type bridge; exec \"$@\"", "sh")
                .under("unshare", "-Urmn")
                .run();
        assertThat(result.err().lines())
                .contains("vanished MOUNT /mnt tmpfs foreign /  (rw,relatime)")
                .anyMatch(line -> line.startsWith("vanished LINK foreign0"));
        assertThat(result.exit()).isEqualTo(98);
    }

    @Test
    void findsFilesBelowItsRoots(@TempDir Path root) {
        Command.Result result =
                inNamespaces("mkdir " + root + "/left; echo x > " + root + "/left/file", "--root", root.toString());
        assertThat(result.err())
                .isEqualTo("leaked   FILE %s/left/\nleaked   FILE %s/left/file  (2 bytes)\n".formatted(root, root));
    }

    @Test
    void findsProcessesTheirNamespacesAndTheirMounts() throws Exception {
        Ledger before = Ledger.take(LedgerScope.standard());
        Process left = Command.of(
                        "unshare", "-Urmn", "sh", "-c", "mount -t tmpfs inside /mnt; echo ready; exec sleep 60")
                .start();
        try {
            assertThat(left.inputReader().readLine()).isEqualTo("ready");
            LedgerDifference difference = before.differenceOnceSettled(Duration.ZERO);
            assertThat(difference.leaked())
                    .anyMatch(entry -> entry.kind() == Kind.PROCESS
                            && entry.name().startsWith(left.pid() + "@")
                            && entry.detail().endsWith("sleep 60"))
                    .anyMatch(entry ->
                            entry.kind() == Kind.NAMESPACE && entry.name().startsWith("net:["))
                    .anyMatch(
                            entry -> entry.kind() == Kind.MOUNT && entry.name().contains("/mnt tmpfs inside"));
        } finally {
            left.destroyForcibly().waitFor();
        }
        assertThat(before.differenceOnceSettled(Duration.ofSeconds(2)).toString())
                .isEmpty();
    }

    @Test
    void findsAnEmptyControlGroup() throws Exception {
        Path hierarchy = Path.of("/sys/fs/cgroup/pids");
        assumeTrue(Files.isWritable(hierarchy), "not root, or no pids hierarchy");
        Ledger before = Ledger.take(LedgerScope.standard());
        Path left = Files.createDirectory(hierarchy.resolve("wherry-ledger-test"));
        try {
            assertThat(before.differenceOnceSettled(Duration.ZERO).leaked())
                    .anyMatch(
                            entry -> entry.kind() == Kind.CGROUP && entry.name().equals(left.toString()));
        } finally {
            Files.delete(left);
        }
    }

    @Test
    void passesOverExemptNames() throws Exception {
        Path left = Files.createTempFile(Path.of("/tmp"), "wherry-ledger", ".tmp");
        try {
            assertThat(Ledger.take(LedgerScope.standard()).entries())
                    .anyMatch(entry -> entry.name().equals(left.toString()));
            assertThat(Ledger.take(LedgerScope.standard().exempting("wherry-ledger"))
                            .entries())
                    .noneMatch(entry -> entry.name().equals(left.toString()));
        } finally {
            Files.delete(left);
        }
    }
}
