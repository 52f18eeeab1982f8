package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.testkit.Command;
import io.wherry.testkit.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Roots that somebody has prepared: what a start needs in them is replaced by links out of them, pipes, or the wrong kind of thing. Each start works inside, or is
 * refused with one sentence; a canary outside and the host's mounts stay as they were (CVE-2025-31133, CVE-2025-52565, CVE-2026-41579, CVE-2024-45310, CVE-2019-19921,
 * CVE-2024-21626 and their kin).
 */
@Tag("user")
class HostileRootTest {
    private static final List<String> FILES = List.of(
            "/dev/null",
            "/dev/console",
            "/dev/ptmx",
            "/etc/hosts",
            "/etc/hostname",
            "/etc/resolv.conf",
            "/volume-file");
    private static final String INSIDE =
            "set -e; test -e /proc/self/status; test -d /sys/kernel; echo >/dev/null; read x </volume/mark; echo inside $x";

    private static Yard yard;
    private static Path canary;
    private static Path volume;
    private static int count;

    @BeforeAll
    static void open() throws IOException {
        yard = new Yard();
        canary = Files.createDirectories(yard.folder().resolve("canary"));
        Files.createDirectories(canary.resolve("folder/below"));
        Files.writeString(canary.resolve("file"), "canary\n");
        Files.writeString(canary.resolve("folder/file"), "canary\n");
        volume = Files.createDirectories(yard.folder().resolve("volume"));
        Files.writeString(volume.resolve("mark"), "marked\n");
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    /** What takes the place. */
    private enum Trick {
        ABSOLUTE_LINK,
        LINK_UP,
        LINK_TO_NOTHING,
        LINK_TO_ROOT,
        LINK_TO_ITSELF,
        MAGIC_LINK,
        MAGIC_ROOT,
        PIPE,
        FILE,
        FOLDER
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/proc",
                "/sys",
                "/dev",
                "/dev/null",
                "/dev/pts",
                "/dev/shm",
                "/dev/mqueue",
                "/dev/console",
                "/dev/ptmx",
                "/etc",
                "/etc/hosts",
                "/etc/hostname",
                "/etc/resolv.conf",
                "/tmp",
                "/work",
                "/volume",
                "/volume-file",
                "/deep/below"
            })
    void trickedPlaceLeadsNowhere(String place) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Trick trick : Trick.values()) {
            for (boolean terminal : new boolean[] {false, true}) {
                String before = snapshot();
                String problem = tryTo(place, trick, terminal);
                String after = snapshot();
                if (!problem.isEmpty() || !before.equals(after)) {
                    wrong.add(trick
                            + (terminal ? " with a terminal: " : ": ")
                            + problem
                            + (before.equals(after) ? "" : " and outside changed:\n" + before + "->\n" + after));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** {@return what is wrong, or an empty string} */
    private static String tryTo(String place, Trick trick, boolean terminal) throws IOException {
        Path root = root();
        plant(root.resolve(place.substring(1)), FILES.contains(place), trick);
        ContainerSpec.Builder spec = yard.spec("tricked", "/bin/sh", "-c", INSIDE);
        spec.rootfs = Optional.of(root.toString());
        spec.rootfsOverlay = false;
        spec.terminal = terminal;
        spec.workdir = Optional.of("/work");
        spec.mounts.add(new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), "/tmp", List.of()));
        bind(spec, volume, "/volume");
        bind(spec, volume, "/deep/below");
        bind(spec, volume.resolve("mark"), "/volume-file");
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        try {
            HostedLauncher.Outcome outcome = start.await();
            if (outcome.failure().isEmpty()) {
                boolean good = outcome.code() == 0 && start.out().strip().equals("inside marked");
                return good ? "" : "ended with " + outcome.code() + " `" + start.out() + "` `" + start.err() + "`";
            }
            FailureReport report =
                    yard.engine().report(start.id(), outcome.failure().get());
            start.leave(report.exitCode());
            boolean good = report.exitCode() == 125
                    && report.sentence().startsWith("Cannot start `tricked`: ")
                    && !report.sentence().contains("\n");
            return good ? "" : "was refused with " + report;
        } finally {
            start.kill();
            yard.engine().remove("tricked", true);
            List<String> remains = Remains.ofRemoved(start.id(), "tricked", yard.state());
            Command.of("chmod", "-R", "u+rwX", root.toString()).run();
            Command.of("rm", "-rf", "--one-file-system", root.toString()).check();
            assertThat(remains).isEmpty();
        }
    }

    /** Docker's way: the volume is where the link leads inside the root, and a link that leads nowhere or to the root is refused. */
    @ParameterizedTest
    @CsvSource({
        "data, /data",
        "/data, /data",
        "../../../../data, /data",
        "new/../data, /data",
        "chain, /data",
        "/new/deep, REFUSED",
        "nowhere, REFUSED",
        "/, REFUSED",
        ".., REFUSED",
        ".wherry-is-none/.., REFUSED",
        "volume, REFUSED"
    })
    void volumeIsSeenWhereALinkLeadsOrRefused(String link, String seen) throws IOException {
        Path root = root();
        Files.createDirectories(root.resolve("data"));
        Files.createDirectories(root.resolve("new"));
        Files.createSymbolicLink(root.resolve("chain"), Path.of("/second"));
        Files.createSymbolicLink(root.resolve("second"), Path.of("new/../data"));
        Files.createSymbolicLink(root.resolve("volume"), Path.of(link));
        String before = snapshot();
        String look = "read x </volume/mark; read y <" + seen + "/mark; echo $x $y";
        ContainerSpec.Builder spec = yard.spec("linked", "/bin/sh", "-ec", look);
        spec.rootfs = Optional.of(root.toString());
        spec.rootfsOverlay = false;
        bind(spec, volume, "/volume");
        yard.engine().run(spec.build());
        HostedLauncher.Start start = yard.launcher().last();
        try {
            HostedLauncher.Outcome outcome = start.await();
            if (seen.equals("REFUSED")) {
                FailureReport report =
                        yard.engine().report(start.id(), outcome.failure().orElseThrow());
                start.leave(report.exitCode());
                assertThat(report.exitCode()).isEqualTo(125);
                assertThat(report.sentence())
                        .startsWith("Cannot start `linked`: ")
                        .contains("/volume");
            } else {
                assertThat(start.out()).as("%s", start.err()).isEqualTo("marked marked\n");
            }
        } finally {
            start.kill();
            yard.engine().remove("linked", true);
            Command.of("rm", "-rf", "--one-file-system", root.toString()).check();
        }
        assertThat(snapshot()).isEqualTo(before);
    }

    private static void bind(ContainerSpec.Builder spec, Path source, String target) {
        spec.mounts.add(new MountSpec(MountSpec.Type.BIND, Optional.of(source.toString()), target, List.of("ro")));
    }

    private static Path root() throws IOException {
        Path root = Files.createDirectory(yard.folder().resolve("hostile-" + count++));
        Files.copy(Payload.PROBE.path(), root.resolve("probe"));
        Files.createDirectories(root.resolve("bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/sh"));
        return root;
    }

    private static void plant(Path at, boolean file, Trick trick) throws IOException {
        Files.createDirectories(at.getParent());
        Path outside = canary.resolve(file ? "file" : "folder");
        switch (trick) {
            case ABSOLUTE_LINK -> Files.createSymbolicLink(at, outside);
            case LINK_UP ->
                Files.createSymbolicLink(
                        at, Path.of("../".repeat(20) + outside.toString().substring(1)));
            case LINK_TO_NOTHING -> Files.createSymbolicLink(at, canary.resolve("made"));
            case LINK_TO_ROOT -> Files.createSymbolicLink(at, Path.of("/"));
            case LINK_TO_ITSELF -> Files.createSymbolicLink(at, at.getFileName());
            case MAGIC_LINK -> Files.createSymbolicLink(at, Path.of("/proc/self/fd/8"));
            case MAGIC_ROOT -> Files.createSymbolicLink(at, Path.of("/proc/1/root" + outside));
            case PIPE -> Command.of("mkfifo", at.toString()).check();
            case FILE -> Files.writeString(at, "");
            case FOLDER -> Files.createDirectory(at);
        }
    }

    /** All that a start could reach by mistake: the canary, the volume, what lies beside them, and the host's mounts. */
    private static String snapshot() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path tree : List.of(canary, volume)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.sorted().toList()) {
                    boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
                    text.append(path)
                            .append(' ')
                            .append(Files.readAttributes(
                                    path,
                                    "unix:mode,uid,gid,ino,size,lastModifiedTime,ctime",
                                    LinkOption.NOFOLLOW_LINKS));
                    text.append(file ? Files.readString(path) : "").append('\n');
                }
            }
        }
        try (Stream<Path> paths = Files.list(yard.folder())) {
            paths.map(Path::toString)
                    .filter(path -> !path.contains("hostile-"))
                    .sorted()
                    .forEach(path -> text.append(path).append('\n'));
        }
        return text.append(Files.readString(Path.of("/proc/self/mountinfo"))).toString();
    }

    @Test
    void workingFolderIsNoDescriptorOfTheStart() {
        List<String> wrong = new ArrayList<>();
        for (int descriptor = 0; descriptor < 64; descriptor++) {
            ContainerSpec.Builder spec = yard.spec("cwd", "/bin/sh", "-c", "echo started");
            spec.workdir = Optional.of("/proc/self/fd/" + descriptor);
            yard.engine().run(spec.build());
            HostedLauncher.Start start = yard.launcher().last();
            if (start.await().failure().isEmpty()) {
                wrong.add(descriptor + " `" + start.out() + "` `" + start.err() + "`");
            }
            start.kill();
            yard.engine().remove("cwd", true);
        }
        assertThat(wrong).isEmpty();
    }
}
