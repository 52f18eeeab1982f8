package io.wherry.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code wherry dev}, by the command that people type. */
@Tag("user")
class DevTest {
    private Path folder;
    private Built built;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "dev-").toRealPath();
        built = new Built(folder.resolve("root"));
        Path bin = Files.createDirectories(folder.resolve("box/bin"));
        Command.requireTool("busybox", "busybox-static");
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        Files.createSymbolicLink(bin.resolve("sh"), Path.of("busybox"));
    }

    @AfterEach
    void close() {
        assertThat(built.wherry("ps", "-aq").check().out()).isEmpty();
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private Command dev(String script) {
        return built.wherry("dev", "--rootfs", folder.resolve("box") + ":O", "sh", "-c", script);
    }

    @Test
    void theFolderTheUserAndTheExitCodeAreTheCallers() throws IOException {
        Path work = Files.createDirectory(folder.resolve("work"));
        Command.Result result = dev("busybox pwd; busybox id -u; echo text > made; exit 7")
                .in(work)
                .run();
        assertThat(result.exit()).as(result.err()).isEqualTo(7);
        assertThat(result.out())
                .isEqualTo(work + "\n" + Command.of("id", "-u").check().out());
        assertThat(work.resolve("made")).hasContent("text");
        assertThat(Files.getOwner(work.resolve("made"))).isEqualTo(Files.getOwner(work));
    }

    @Test
    void devicesAccountsTheNameAndTheNetworkAreTheHosts() {
        String own = Command.of(
                        "sh", "-c", "ls /dev | md5sum; md5sum < /etc/passwd; hostname; readlink /proc/self/ns/net")
                .check()
                .out();
        String inside =
                dev("busybox ls /dev | busybox md5sum; busybox md5sum < /etc/passwd; busybox hostname; busybox readlink /proc/self/ns/net")
                        .check()
                        .out();
        assertThat(inside).isEqualTo(own);
    }

    @Test
    void nothingOfTheEnvironmentOutlivesItsFirstProcess() {
        String mark = "4711" + ProcessHandle.current().pid();
        dev("busybox setsid busybox sleep " + mark + " & echo left").check();
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(mark)))
                .isEmpty();
    }

    @Test
    void itEndsWhenTheCommandIsKilled() throws IOException, InterruptedException {
        String box = folder.resolve("box") + ":O";
        Process process = built.wherry("dev", "--rootfs", box, "sh", "-c", "echo up; exec busybox sleep 60")
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("up");
        process.destroyForcibly().waitFor();
        long end = System.nanoTime() + 20_000_000_000L;
        while (!built.wherry("ps", "-aq").check().out().isEmpty()) {
            assertThat(System.nanoTime()).as("it is gone").isLessThan(end);
            Thread.sleep(100);
        }
    }

    @Test
    void whatCannotBeHadIsRefusedByItsName() {
        String box = folder.resolve("box") + ":O";
        assertThat(built.wherry("run", "--runtime", "chroot", "--network", "none", "--rootfs", box, "sh")
                        .run()
                        .err())
                .contains("The runtime `chroot` cannot do `--network`: it has the host's network.");
        assertThat(built.wherry("run", "--runtime", "chroot", "--cap-drop", "ALL", "--rootfs", box, "sh")
                        .run()
                        .err())
                .contains("The runtime `chroot` cannot do `--cap-drop`: it has the caller's.");
        assertThat(built.wherry("dev", "--device", "tty:", "--rootfs", box, "sh")
                        .run()
                        .err())
                .contains("The device `tty:` is not known");
    }

    @Test
    void anImageForAnotherSystemIsPulledAndListedAndNotRun() throws IOException {
        byte[] layer = new Tar().file("bin", "x").bytes();
        String config = """
                {"architecture":"arm64","os":"darwin","config":{"Cmd":["/bin"]},"rootfs":{"type":"layers","diff_ids":["%s"]}}""".formatted(OciLayout.digest(layer));
        OciLayout layout = OciLayout.create(folder.resolve("layout"));
        String type = "application/vnd.oci.image.";
        layout = layout.manifest(
                "image",
                OciLayout.manifestOf(
                        layout.blob(type + "config.v1+json", config.getBytes(UTF_8), ""),
                        List.of(layout.blob(type + "layer.v1.tar", layer, ""))));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            String name = registry.reference("image");
            built.wherry("pull", "-q", "--platform", "darwin/arm64", name).check();
            assertThat(built.wherry("images", "--no-trunc").check().out()).contains("image");
            assertThat(built.wherry("inspect", "-f", "{{.Os}}", name).check().out())
                    .isEqualTo("darwin\n");
            Command.Result run = built.wherry("run", name).run();
            assertThat(run.exit()).isEqualTo(125);
            assertThat(run.err()).contains("is for darwin/arm64; this host runs linux/");
        }
    }
}
