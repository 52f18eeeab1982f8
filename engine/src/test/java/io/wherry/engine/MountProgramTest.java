package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.Rootfs;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The mounts of a container's root, when somebody is killed or comes at the same time. */
class MountProgramTest {
    private static final Path BUILT = Path.of(System.getProperty("wherry.source", ".."))
            .toAbsolutePath()
            .normalize()
            .resolve("dist/bin/wherry");
    private static final int DIE = 1;

    private Path folder;
    private Wherry wherry;
    private HostedLauncher launcher;
    private ContainerId id;

    @BeforeEach
    void create() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "mounts-").toRealPath();
        launcher = new HostedLauncher(folder.resolve("launcher"));
        wherry = Wherry.open(Wherry.Options.DEFAULT.binary(BUILT).root(folder.resolve("state")));
        assumeThat(wherry.facts().root() && wherry.facts().features().overlay())
                .as("system root with overlay")
                .isTrue();
        id = new ContainerId(wherry.create(
                ContainerSpec.of("hello").name("box").network("none").build()));
    }

    @AfterEach
    void nothingStays() {
        if (id != null) {
            wherry.remove("box", true);
        }
        wherry.close();
        assertThat(mountsHere()).isEmpty();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private List<HostMounts.HostMount> mountsHere() {
        return HostMounts.list().stream()
                .filter(mount -> mount.point().startsWith(folder.toString()))
                .toList();
    }

    @Test
    void aStartThatHasLookedBeforeTheMountFailsInTheKernel() {
        KernelProgram start =
                KernelProgram.parse(StateFile.read(folder.resolve("state/containers/" + id.text() + "/program"))
                        .orElseThrow());
        wherry.mount("box", Optional.empty());
        TaskResult result = launcher.task(start, Assembler.PILOT);
        assertThat(result.failure())
                .hasValueSatisfying(failure -> assertThat(failure.call()).isEqualTo(Call.FSCONFIG.number()));
        wherry.unmount("box");
        assertThat(launcher.task(start, Assembler.PILOT).ok()).isTrue();
        wherry.await("box", Until.NOT_RUNNING);
    }

    @Test
    void whoeverIsKilledLeavesNothingThatIsNotSeenAndTakenAway() throws IOException {
        Path containers = folder.resolve("state/containers").resolve(id.text());
        MountPlaces places = new MountPlaces(wherry.root(), launcher);
        List<Path> at = List.of(places.work(id.text()), places.folder().resolve(id.text()));
        Rootfs.Overlay rootfs = new Rootfs.Overlay(
                List.of(Files.createDirectory(folder.resolve("lower")).toString()),
                containers.resolve("upper").toString(),
                containers.resolve("work").toString(),
                false,
                true);
        KernelProgram program = MountProgram.overlay(rootfs, at, wherry.facts());
        for (int i = 0; i < program.size(); i++) {
            launcher.task(program.withTest(DIE, i, 0), Assembler.PILOT);
            boolean any = !mountsHere().isEmpty();
            assertThat(wherry.mounted().isEmpty()).as("instruction %d", i).isNotEqualTo(any);
            wherry.unmount("box");
            assertThat(wherry.mounted()).as("instruction %d", i).isEmpty();
        }
    }
}
