package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.LayoutRegistry;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code wherry clone}, and {@code LAST}, with the storage drivers that work everywhere. */
@Tag("user")
class CloneTest {
    /** Changes of all kinds at the first run; at each, what there is, and one line more in a file. */
    static final String CHANGES = """
            if [ ! -e /runs ]; then
                rm /etc/passwd
                rm -r /data/opaque && mkdir /data/opaque && echo new >/data/opaque/new
                echo changed >/data/kept
                ln /data/kept /data/second
                ln -s kept /data/soft
                chmod 711 /
                chmod 4755 /data/replaced
                mkdir /own && touch /own/file && chown 1 /own && chmod 705 /own
                : >/runs
            fi
            stat -c '%n %A %u %g %h %s' / /own /own/* /data/* /data/opaque/* /etc/* | grep -v ^/etc/[hr]
            cat /data/opaque/new /data/second; readlink /data/soft
            echo runs: $(wc -l </runs); echo run >>/runs
            """;

    private Path folder;
    private String image;

    private Command wherry(String... words) {
        return new Built(folder.resolve("root")).wherry(words);
    }

    private void open() throws IOException {
        folder = Files.createTempDirectory(Path.of("/tmp"), "clone-").toRealPath();
        OciLayout layout = TestImages.layered(folder.resolve("layout"));
        try (LayoutRegistry registry = new LayoutRegistry(layout)) {
            image = registry.reference("layers");
            wherry("pull", "-q", image).check();
        }
    }

    @AfterEach
    void nothingStays() throws IOException {
        List<String> all = wherry("ps", "-aq").check().lines();
        for (String id : all) {
            wherry("rm", "-f", id).check();
        }
        for (String place : List.of("containers", "names", "tmp", "trash")) {
            try (Stream<Path> left = Files.list(folder.resolve("root").resolve(place))) {
                assertThat(left).as(place).isEmpty();
            }
        }
        Command.of("chmod", "-R", "u+rwX", folder.toString()).run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }

    private String inspect(String format, String name) {
        return wherry("inspect", "-f", format, name).check().out().strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "dir"})
    void hasTheFilesAsTheyWereAndGoesItsOwnWay(String driver) throws IOException {
        open();
        String first = wherry(
                        "--storage-driver",
                        driver,
                        "run",
                        "--name",
                        "original",
                        "-v",
                        "/scratch",
                        image,
                        "sh",
                        "-c",
                        CHANGES)
                .check()
                .out();
        assertThat(first)
                .startsWith("/ drwx--x--x")
                .contains("/own drwx---r-x 1 0", "/data/replaced -rwsr-xr-x", "new\nchanged\nkept\nruns: 0\n")
                .doesNotContain("/etc/passwd");
        String id = wherry("clone", "original", "copy").check().out().strip();
        assertThat(inspect("{{.Id}} {{.State.Status}} {{.Driver}} {{.Config.Hostname}}", "copy"))
                .isEqualTo(id + " created " + driver + " " + id.substring(0, 12));
        assertThat(inspect("{{json .Mounts}}", "copy")).contains("/scratch");
        assertThat(inspect("{{json .Mounts}}", "copy")).isNotEqualTo(inspect("{{json .Mounts}}", "original"));
        String later = first.replace("runs: 0", "runs: 1");
        assertThat(wherry("start", "-a", "copy").check().out()).isEqualTo(later);
        assertThat(wherry("start", "-a", "original").check().out()).isEqualTo(later);
        wherry("rm", "original").check();
        assertThat(wherry("start", "-a", "copy").check().out()).isEqualTo(first.replace("runs: 0", "runs: 2"));
    }

    @Test
    void oneThatRunsStandsStillMeanwhileOrIsToBeStopped() throws IOException {
        open();
        wherry("run", "-d", "--name", "original", image, "sh", "-c", "echo x >/x; while :; do sleep 1; done")
                .check();
        Command.Result result = wherry("clone", "original").run();
        assertThat(inspect("{{.State.Status}}", "original")).isEqualTo("running");
        if (result.exit() != 0) {
            assertThat(result.err()).contains("nothing here can freeze it").contains("Stop it first");
            assertThat(wherry("ps", "-aq").check().lines()).hasSize(1);
        } else {
            assertThat(inspect("{{.State.Status}}", "LAST")).isEqualTo("created");
        }
        wherry("stop", "-t", "0", "original").check();
        wherry("clone", "original", "second").check();
    }

    @Test
    void whatCannotBeClonedLeavesNothing() throws IOException {
        open();
        wherry("create", "--name", "original", image).check();
        wherry("run", "--name", "folder", "--network", "none", "--rootfs", "/", "true")
                .check();
        assertThat(wherry("clone", "original", "folder").run().err()).contains("The name `folder` is taken");
        assertThat(wherry("clone", "original", "?").run().err()).contains("cannot be a container's name");
        assertThat(wherry("clone", "folder").run().err())
                .contains("no root of its own")
                .contains("it runs on /");
        assertThat(wherry("clone", "nobody").run().err()).contains("no container `nobody`");
        assertThat(wherry("ps", "-aq").check().lines()).hasSize(2);
    }

    @Test
    void lastIsTheNewestUnlessSomebodyHasThatName() throws IOException {
        open();
        assertThat(wherry("inspect", "LAST").run().err()).contains("`LAST`");
        wherry("create", "--name", "first", image).check();
        wherry("create", "--name", "second", image).check();
        assertThat(inspect("{{.Name}}", "LAST")).isEqualTo("/second");
        wherry("rename", "first", "LAST").check();
        assertThat(wherry("rm", "LAST").check().out().strip()).isEqualTo("LAST");
        assertThat(wherry("rm", "LAST").check().out().strip()).isEqualTo("LAST");
        assertThat(wherry("ps", "-aq").check().out()).isEmpty();
    }
}
