package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --unshare}: exactly the named namespaces are a container's own, asked of a container that runs. */
@Tag("user")
class UnshareTest {
    /** Where the kernel's names in /proc/PID/ns differ. */
    private static final Map<String, String> KERNEL_NAMES = Map.of("mount", "mnt");

    private final boolean root = "root".equals(System.getProperty("user.name"));
    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "unshare-").toRealPath();
        built = new Built(folder.resolve("root"));
    }

    @AfterEach
    void close() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command.Result run(String names) {
        return built.wherry("run", "--rm", "--unshare", names, "hello").run();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount",
                "mount,uts",
                "mount,pid",
                "mount,net",
                "mount,ipc",
                "mount,cgroup",
                "mount,pid,net,uts,ipc,cgroup"
            })
    void exactlyTheNamedNamespacesAreItsOwn(String names) {
        Set<String> expected = new TreeSet<>();
        for (String name : (root ? names : names + ",user").split(",", -1)) {
            expected.add(KERNEL_NAMES.getOrDefault(name, name));
        }
        Command.Result result = run(root ? names : names + ",user");
        assertThat(result.out()).contains("namespaces-own " + String.join(" ", expected) + "\n");
        assertThat(result.exit()).isZero();
    }

    @Test
    void aNetworkNamespaceMayHaveANetwork() {
        assumeTrue(root, "only root attaches containers to a bridge");
        Command.Result explained = built.wherry(
                        "explain", "run", "--unshare", "mount,net", "--network", "bridge", "hello")
                .check();
        assertThat(explained.out())
                .contains("in new namespaces: mount, network")
                .contains("the network is there");
    }

    @Test
    void whatCannotBeHadIsRefusedByName() {
        String names = root ? "mount" : "mount,user";
        assertThat(run(names + ",time").err()).contains("Cannot give a container a time namespace of its own");
        if (root) {
            assertThat(run("mount,user").err()).contains("Cannot give a container a user namespace of its own");
        } else {
            assertThat(run("mount").err()).contains("needs `user` among its names");
        }
    }
}
