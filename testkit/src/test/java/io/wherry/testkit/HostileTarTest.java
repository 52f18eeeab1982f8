package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.HostileTar.Case;
import io.wherry.testkit.HostileTar.Outcome;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("user")
class HostileTarTest {
    private static final Path CANARY = Path.of("/canary");

    @Test
    void namesAreUniqueAndBytesRepeat() {
        Set<String> names = new HashSet<>();
        for (Case each : HostileTar.cases(CANARY)) {
            assertThat(names.add(each.group() + "/" + each.name()))
                    .as(each.toString())
                    .isTrue();
            if (!each.name().equals("pax-of-64-mib") && !each.name().startsWith("70000")) {
                assertThat(each.archive().get())
                        .as(each.toString())
                        .isEqualTo(each.archive().get());
            }
        }
        assertThat(names).hasSizeGreaterThan(250);
    }

    /** GNU tar is the referee for the writer: what we meant as an entry is one for it, too. */
    @Test
    void ordinaryEntriesAreWhatGnuTarSees(@TempDir Path folder) throws Exception {
        byte[] archive = new Tar()
                .folder("d/", 0751)
                .file("d/f", 0640, new byte[1000])
                .symlink("d/l", "x".repeat(150))
                .hardLink("d/h", "d/f")
                .device('3', "d/null", 1, 3)
                .file("d/" + "n".repeat(200), "long")
                .bytes();
        Path file = Files.write(folder.resolve("a.tar"), archive);
        List<String> lines = Command.of("tar", "--numeric-owner", "-tvf", file.toString())
                .with("TZ", "UTC")
                .check()
                .lines();
        assertThat(lines)
                .containsExactly(
                        "drwxr-x--x 0/0               0 1970-01-01 00:00 d/",
                        "-rw-r----- 0/0            1000 1970-01-01 00:00 d/f",
                        "lrwxrwxrwx 0/0               0 1970-01-01 00:00 d/l -> " + "x".repeat(150),
                        "hrw-r--r-- 0/0               0 1970-01-01 00:00 d/h link to d/f",
                        "crw-rw-rw- 0/0             1,3 1970-01-01 00:00 d/null",
                        "-rw-r--r-- 0/0               4 1970-01-01 00:00 d/" + "n".repeat(200));
    }

    /** The table itself on trial: an unpacker of good name applies most of what we say is applied, and its canary survives. */
    @Test
    void gnuTarAppliesWhatIsApplied(@TempDir Path folder) throws Exception {
        Path canary = Files.createDirectory(folder.resolve("canary"));
        Files.writeString(canary.resolve("file"), "untouched");
        Files.createDirectory(canary.resolve("folder"));
        int applied = 0;
        List<String> refusedByTar = new ArrayList<>();
        for (Case each : HostileTar.cases(canary)) {
            if (each.outcome() != Outcome.APPLIED) {
                continue;
            }
            Path root = Files.createTempDirectory(folder, "root");
            Command.Result result = Command.of(
                            "tar", "-C", root.toString(), "--no-same-owner", "--delay-directory-restore", "-xf", "-")
                    .input(each.archive().get())
                    .run();
            applied++;
            if (result.exit() != 0) {
                refusedByTar.add(each.group() + "/" + each.name());
            }
            assertThat(canary.resolve("file")).as(each.toString()).hasContent("untouched");
            assertThat(canary.toFile().list()).as(each.toString()).containsExactlyInAnyOrder("file", "folder");
            assertThat(Files.exists(folder.resolve("escaped"), LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
            Command.of("chmod", "-R", "u+rwx", root.toString()).check();
            Command.of("rm", "-rf", root.toString()).check();
        }
        assertThat(applied).isGreaterThan(70);
        // It removes no full folder, may go through a link to a folder, knows no empty pax value, and a user makes no
        // device.
        assertThat(refusedByTar)
                .isSubsetOf(
                        "links/folder-over-link-absolute",
                        "links/folder-over-link-up",
                        "replacements/full-folder-then-file",
                        "replacements/full-folder-then-link",
                        "replacements/file-then-device",
                        "headers/pax-empty-value-deletes");
    }
}
