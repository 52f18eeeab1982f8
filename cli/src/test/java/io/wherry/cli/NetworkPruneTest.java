package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A root's bridge is taken down when no container has an address there, and comes again. */
class NetworkPruneTest {
    private Path folder;
    private Built built;
    private Set<String> others = Set.of();

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "network-").toRealPath();
        built = new Built(folder.resolve("root"));
        others = bridges();
    }

    @AfterEach
    void close() {
        built.wherry("rm", "-f", "box").run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private String out(String... words) {
        return built.wherry(words).check().out();
    }

    /** {@return the digits in the names of this root's bridge and table} Other tests' roots have theirs in the same namespace. */
    private Set<String> digits(String... command) {
        Set<String> found = new HashSet<>();
        Matcher matcher = Pattern.compile("(?:wh|wherry)-([0-9a-f]{8})")
                .matcher(Command.of(command).check().out());
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        found.removeAll(others);
        return found;
    }

    private Set<String> bridges() {
        return digits("ip", "-o", "link", "show", "type", "bridge");
    }

    private Set<String> tables() {
        return digits("nft", "list", "tables");
    }

    @Test
    void theBridgeGoesWithTheLastContainerThatHasAnAddressAndComesAgain() {
        assertThat(out("network", "prune", "-f")).isEmpty();
        out("run", "--name", "box", "hello");
        assertThat(bridges()).hasSize(1);
        assertThat(tables()).hasSize(1);
        assertThat(out("network", "prune", "-f"))
                .as("one that has ended has its address")
                .isEmpty();
        assertThat(bridges()).hasSize(1);
        out("start", "-a", "box");
        out("rm", "box");
        out("create", "--name", "box", "--network", "none", "hello");
        Command.Result asked = built.wherry("network", "prune").run();
        assertThat(asked.exit()).isEqualTo(1);
        assertThat(asked.err()).contains("say so with `--force`");
        assertThat(out("network", "prune", "-f")).isEqualTo("Deleted Networks:\nbridge\n\n");
        assertThat(bridges()).isEmpty();
        assertThat(tables()).isEmpty();
        assertThat(built.root().resolve("networks/bridge.json")).doesNotExist();
        out("run", "--rm", "hello");
        assertThat(bridges()).hasSize(1);
        assertThat(out("system", "prune", "-f")).contains("Deleted Networks:\nbridge\n");
        assertThat(bridges()).isEmpty();
        assertThat(tables()).isEmpty();
        assertThat(out("system", "prune", "-f")).doesNotContain("Networks");
    }

    @Test
    void aBridgeThatSomebodyElseRemovedIsNoHindrance() {
        out("run", "--rm", "hello");
        Command.of("ip", "link", "del", "wh-" + bridges().iterator().next()).check();
        assertThat(out("network", "prune", "-f")).contains("bridge");
        out("run", "--rm", "hello");
    }
}
