package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.host.HostProbe;
import io.wherry.kernel.launch.ChildLauncher;
import io.wherry.oci.WherryException;
import io.wherry.testkit.Command;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Both launchers do the same: the one of a command, whose JVM is its child, and the one of a library, which is the JVM's child. */
@Tag("user")
class LauncherContractTest {
    private static final Path SOURCE =
            Path.of(System.getProperty("wherry.source", "..")).toAbsolutePath().normalize();
    private static final Path BUILT = SOURCE.resolve("dist/bin/wherry");

    private Path folder = Path.of("");

    @BeforeEach
    void make() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "launcher-").toRealPath();
    }

    @AfterEach
    void remove() {
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    @TestFactory
    Stream<DynamicTest> childKeepsTheContract() {
        ChildLauncher launcher = new ChildLauncher(BUILT, folder);
        return LauncherContract.all().stream()
                .map(check -> DynamicTest.dynamicTest(
                        check.name(),
                        () -> check.body().run(launcher, Files.createDirectory(folder.resolve(check.name())))))
                .onClose(() -> {
                    launcher.close();
                    assertThat(sockets()).isEmpty();
                });
    }

    @Test
    void parentKeepsTheContract() throws Exception {
        Path wherry = folder.resolve("bin/wherry");
        Path java = folder.resolve("java/bin/java");
        for (String name : List.of("bin", "lib", "java/bin", "work")) {
            Files.createDirectories(folder.resolve(name));
        }
        Files.copy(BUILT, wherry);
        Files.writeString(folder.resolve("lib/java-home"), folder.resolve("java") + "\n");
        List<String> path = new ArrayList<>(List.of(SOURCE + "/engine/target/test-classes"));
        for (String key : List.of("jdk.module.path", "java.class.path", "surefire.test.class.path")) {
            path.add(System.getProperty(key, ""));
        }
        String script = "#!/bin/sh\nfor last; do :; done\nexec " + System.getProperty("java.home") + "/bin/java -cp '"
                + String.join(File.pathSeparator, path) + "' " + ContractInParent.class.getName() + " - \"$last\"\n";
        Files.writeString(java, script);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process process = new ProcessBuilder(
                        wherry.toString(), folder.resolve("work").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.lines())
                .containsExactlyElementsOf(LauncherContract.all().stream()
                        .map(check -> "ok " + check.name())
                        .toList());
    }

    private List<Path> sockets() {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("l-"))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private long child() {
        return ProcessHandle.current()
                .children()
                .filter(process -> process.info().command().orElse("").endsWith("/wherry"))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    @Test
    void killedChildIsReplacedByTheNextCall() throws InterruptedException {
        try (ChildLauncher launcher = new ChildLauncher(BUILT, folder)) {
            HostProbe.probe(launcher);
            long first = child();
            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            ProcessHandle.of(first).ifPresent(process -> process.onExit().join());
            HostProbe.probe(launcher);
            assertThat(child()).isNotEqualTo(first);
            assertThat(sockets()).hasSize(1);
        }
        assertThat(sockets()).isEmpty();
    }

    @Test
    void socketIsForItsOwnerAlone() throws IOException {
        try (ChildLauncher launcher = new ChildLauncher(BUILT, folder)) {
            HostProbe.probe(launcher);
            Path own = sockets().getFirst();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own.resolve("launcher"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void pathThatNoAddressHoldsIsNoObstacle() throws IOException {
        Path deep = Files.createDirectories(folder.resolve("a-rather-long-name/".repeat(8)));
        try (ChildLauncher launcher = new ChildLauncher(BUILT, deep)) {
            HostProbe.probe(launcher);
        }
    }

    @Test
    void programThatIsNoLauncherIsNamed() {
        for (String binary : List.of("/no/such/wherry", "/bin/true")) {
            try (ChildLauncher launcher = new ChildLauncher(Path.of(binary), folder)) {
                assertThatThrownBy(() -> HostProbe.probe(launcher))
                        .isInstanceOfSatisfying(
                                WherryException.class,
                                e -> assertThat(e.kind()).isEqualTo(WherryException.Kind.UNAVAILABLE))
                        .hasMessageContaining(binary);
            }
        }
        assertThat(sockets()).isEmpty();
    }

    @Test
    void closedLauncherSaysSo() {
        ChildLauncher launcher = new ChildLauncher(BUILT, folder);
        HostProbe.probe(launcher);
        launcher.close();
        launcher.close();
        assertThatThrownBy(() -> HostProbe.probe(launcher))
                .isInstanceOf(WherryException.class)
                .hasMessageContaining("closed");
    }
}
