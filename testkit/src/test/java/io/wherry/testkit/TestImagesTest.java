package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("user")
class TestImagesTest {
    /** The referee is umoci, which also checks every digest. */
    private static Path unpack(OciLayout layout, String tag, Path bundle) {
        Command.requireTool("umoci", "umoci");
        Command.of("umoci", "unpack", "--rootless", "--image", layout.folder() + ":" + tag, bundle.toString())
                .check();
        return bundle.resolve("rootfs");
    }

    @Test
    void busyboxIsASystemThatRuns(@TempDir Path folder) {
        Path root = unpack(TestImages.fromDebianBusybox(folder.resolve("layout")), "busybox", folder.resolve("bundle"));
        Command.Result result = Command.of(
                        "unshare", "-Ur", "chroot", root.toString(), "/bin/sh", "-c", "cat /etc/hostname; id -u")
                .check();
        assertThat(result.lines()).isEqualTo(List.of("image", "0"));
    }

    @Test
    void layersReplaceRemoveAndHide(@TempDir Path folder) {
        Path data = unpack(TestImages.layered(folder.resolve("layout")), "layers", folder.resolve("bundle"))
                .resolve("data");
        assertThat(data.resolve("kept")).hasContent("from the second");
        assertThat(data.resolve("replaced")).hasContent("from the third");
        assertThat(data.resolve("removed")).doesNotExist();
        assertThat(data.resolve("opaque").toFile().list()).containsExactly("shown");
        assertThat(data.resolve("link")).isSymbolicLink();
    }

    @Test
    void equalContentGivesEqualImages(@TempDir Path folder) {
        assertThat(TestImages.layered(folder.resolve("a")).tags())
                .isEqualTo(TestImages.layered(folder.resolve("b")).tags());
    }

    @Test
    void debianIsMadeOnce(@TempDir Path folder) throws Exception {
        OciLayout debian = TestImages.debian();
        assertThat(TestImages.debian().tags()).isEqualTo(debian.tags());
        Command.Result inspected = Command.of("skopeo", "inspect", "--raw", "oci:" + debian.folder() + ":debian")
                .check();
        assertThat(inspected.out()).contains("layer.v1.tar+gzip");
        assertThat(Files.isDirectory(debian.folder().resolve("blobs/sha256"))).isTrue();
    }
}
