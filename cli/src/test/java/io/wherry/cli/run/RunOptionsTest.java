package io.wherry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Parser;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.MountSpec;
import io.wherry.kernel.launch.Context;
import io.wherry.oci.HealthCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunOptionsTest {
    private static final Map<String, String> CALLER = Map.of("HOME", "/home/me", "EMPTY", "");

    @TempDir
    Path folder;

    private static ContainerSpec parse(String... line) {
        RunWords words = new RunWords();
        Operands rule = new Operands("IMAGE", 0, Operands.MANY, true, Operands.Complete.IMAGES);
        List<String> operands = new Parser<>("run", RunOptions.table(), rule, 125).parse(List.of(line), words);
        return Asked.from(words, operands, CALLER::get, new Context(0, 0, 0, 022, 0, "", ""));
    }

    private static MountSpec bind(String source, String target, String... options) {
        return new MountSpec(MountSpec.Type.BIND, Optional.of(source), target, List.of(options));
    }

    @Test
    void theIssuesLineIsRead() {
        ContainerSpec spec = parse(
                "--rm",
                "-m",
                "64m",
                "--cpus",
                "0.5",
                "--pids-limit",
                "100",
                "--read-only",
                "--tmpfs",
                "/tmp",
                "-v",
                "/home/me:/src:ro",
                "-w",
                "/src",
                "-e",
                "A=b",
                "-u",
                "1000:1000",
                "--cap-drop",
                "ALL",
                "IMAGE",
                "cmd",
                "-x",
                "--rm=maybe",
                "--",
                "y");

        assertThat(spec.image()).hasValue("IMAGE");
        assertThat(spec.command()).containsExactly("cmd", "-x", "--rm=maybe", "--", "y");
        assertThat(spec.remove()).isTrue();
        assertThat(spec.memory()).isEqualTo(64L << 20);
        assertThat(spec.cpuQuota()).isEqualTo(50_000);
        assertThat(spec.cpuPeriod()).isEqualTo(100_000);
        assertThat(spec.pidsLimit()).isEqualTo(100);
        assertThat(spec.readOnly()).isTrue();
        assertThat(spec.mounts())
                .containsExactly(
                        new MountSpec(MountSpec.Type.TMPFS, Optional.empty(), "/tmp", List.of()),
                        bind("/home/me", "/src", "ro", MountSpec.CREATE));
        assertThat(spec.workdir()).hasValue("/src");
        assertThat(spec.env()).containsExactly("A=b");
        assertThat(spec.user()).hasValue("1000:1000");
        assertThat(spec.capDrop()).containsExactly("ALL");
    }

    @Test
    void healthOptionsAddUp() {
        ContainerSpec spec = parse(
                "--health-interval",
                "1m30s",
                "--health-cmd",
                "test -e /ok",
                "--health-timeout=500ms",
                "--health-retries",
                "2",
                "--health-start-period",
                "5s",
                "--health-start-interval",
                "0",
                "IMAGE");
        HealthCheck check = spec.healthcheck().orElseThrow();
        assertThat(check.test()).containsExactly("CMD-SHELL", "test -e /ok");
        assertThat(check.interval()).hasValue(90_000_000_000L);
        assertThat(check.timeout()).hasValue(500_000_000L);
        assertThat(check.startPeriod()).hasValue(5_000_000_000L);
        assertThat(check.startInterval()).hasValue(0);
        assertThat(check.retries()).hasValue(2);
        assertThat(ContainerSpec.parse(spec.toJson()).healthcheck()).contains(check);
        assertThat(parse("--no-healthcheck", "IMAGE")
                        .healthcheck()
                        .orElseThrow()
                        .test())
                .containsExactly("NONE");
        assertThatThrownBy(() -> parse("--no-healthcheck", "--health-cmd", "x", "IMAGE"))
                .hasMessageContaining("--no-healthcheck");
        assertThatThrownBy(() -> parse("--health-interval", "10us", "IMAGE")).hasMessageContaining("1ms");
    }

    @Test
    void lettersCluster() {
        ContainerSpec spec = parse("-itdeA=b", "-v/a:/b", "-e=C=d", "-w=/x", "image");

        assertThat(spec.interactive() && spec.terminal() && spec.detached()).isTrue();
        assertThat(spec.env()).containsExactly("A=b", "C=d");
        assertThat(spec.mounts()).containsExactly(bind("/a", "/b", MountSpec.CREATE));
        assertThat(spec.workdir()).hasValue("/x");
    }

    @Test
    void flagsTakeATruthOnlyWhenAttached() {
        ContainerSpec spec = parse("--rm=false", "-t=false", "--read-only", "true");

        assertThat(spec.image()).hasValue("true");
        assertThat(spec.remove() || spec.terminal()).isFalse();
        assertThat(spec.readOnly()).isTrue();
    }

    @Test
    void twoDashesEndTheOptions() {
        ContainerSpec spec = parse("--rm", "--", "--image", "x");

        assertThat(spec.image()).hasValue("--image");
        assertThat(spec.command()).containsExactly("x");
    }

    @Test
    void theHostNameOwnsTheLetterH() {
        assertThat(parse("-h", "box", "image").hostname()).hasValue("box");
    }

    @Test
    void netIsNetwork() {
        assertThat(parse("--net=none", "image").network()).hasValue("none");
    }

    @Test
    void namesOfWallsSayWhatOtherOptionsSay() {
        ContainerSpec spec = parse("--unshare", "mount,net", "--unshare=uts", "IMAGE");

        assertThat(spec.network()).hasValue("none");
        assertThat(spec.uts()).hasValue("private");
        assertThat(spec.pid()).hasValue("host");
        assertThat(spec.ipc()).hasValue("host");
        assertThat(spec.cgroupns()).hasValue("host");
        assertThat(parse("--unshare", "mount", "IMAGE").network()).hasValue("host");
        assertThat(parse("--unshare", "mount,net", "--network", "bridge", "IMAGE")
                        .network())
                .hasValue("bridge");
        assertThat(parse("IMAGE").pid()).isEmpty();
    }

    @Test
    void aRootFolderTakesThePlaceOfTheImage() {
        ContainerSpec spec = parse("--rootfs", "/:O", "bash", "-l");

        assertThat(spec.image()).isEmpty();
        assertThat(spec.rootfs()).hasValue("/");
        assertThat(spec.rootfsOverlay()).isTrue();
        assertThat(spec.command()).containsExactly("bash", "-l");
        assertThat(parse("--rootfs", "./a:b", "sh").rootfs()).hasValue("./a:b");
    }

    @Test
    void mountFieldsMayBeQuoted() {
        assertThat(parse("--mount", "type=bind,\"source=/a,b\",dst=/c,ro,bind-propagation=rslave", "image")
                        .mounts())
                .containsExactly(bind("/a,b", "/c", "rslave", "ro"));
    }

    @Test
    void tmpfsByFields() {
        assertThat(parse("--mount", "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777", "image")
                        .mounts()
                        .getFirst()
                        .options())
                .containsExactly("size=1048576", "mode=1777");
    }

    @Test
    void volumesByFields() {
        assertThat(parse(
                                "--mount",
                                "src=data,dst=/d,volume-nocopy,volume-label=a=b,volume-opt=type=tmpfs,volume-driver=local,volume-subpath=x/y,readonly",
                                "image")
                        .mounts())
                .containsExactly(new MountSpec(
                        MountSpec.Type.VOLUME,
                        Optional.of("data"),
                        "/d",
                        List.of("nocopy", "label=a=b", "opt=type=tmpfs", "driver=local", "subpath=x/y", "ro")));
        assertThat(parse("-v", "data:/d:ro,nocopy", "-v", "/own", "image").mounts())
                .containsExactly(
                        new MountSpec(MountSpec.Type.VOLUME, Optional.of("data"), "/d", List.of("ro", "nocopy")),
                        new MountSpec(MountSpec.Type.VOLUME, Optional.empty(), "/own", List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "src=data,dst=/d,volume-nocpy | did you mean `volume-nocopy`?",
                "src=data,dst=/d,volume-subpath=/etc | a path below its root",
                "src=data,dst=/d,volume-subpath=a/../.. | without `..`",
                "src=../x,dst=/d | a volume's name",
                "type=bind,src=data,dst=/d | beginning with `/`",
                "type=tmpfs,dst=/d,volume-nocopy | has no `volume-nocopy` where `type=tmpfs`",
                "type=bind,src=/a,dst=/d,tmpfs-size=1 | has no `tmpfs-size` where `type=bind`",
                "src=data | `target=` with an absolute path",
                "type=image,dst=/d | an image's name",
            })
    void fieldsThatMakeNoSenseAreRefused(String fields, String why) {
        assertThatThrownBy(() -> parse("--mount", fields, "image")).hasMessageContaining(why);
    }

    @Test
    void aThrowAwayVolumeIsAnOverlay() {
        assertThat(parse("-v", "/a:/b:O", "image").mounts().getFirst().type()).isEqualTo(MountSpec.Type.OVERLAY);
        assertThat(parse("-v", "/a:/b:cached,z", "image").mounts())
                .containsExactly(bind("/a", "/b", "z", MountSpec.CREATE));
    }

    @Test
    void limitsAndDevicesAreSpelledOut() {
        ContainerSpec spec = parse(
                "--ulimit",
                "nofile=1024:2048",
                "--ulimit=core=unlimited",
                "--device",
                "/dev/a",
                "--device=/dev/a:/dev/b:r",
                "--device",
                "/dev/a:rw",
                "image");

        assertThat(spec.ulimits()).containsExactly("nofile=1024:2048", "core=-1:-1");
        assertThat(spec.devices()).containsExactly("/dev/a:/dev/a:rwm", "/dev/a:/dev/b:r", "/dev/a:/dev/a:rw");
    }

    @Test
    void securityOptionsInBothSpellings() {
        ContainerSpec spec = parse(
                "--security-opt",
                "no-new-privileges",
                "--security-opt=seccomp:unconfined",
                "--security-opt",
                "systempaths=unconfined",
                "--security-opt",
                "label=disable",
                "image");

        assertThat(spec.noNewPrivileges()).isTrue();
        assertThat(spec.seccomp()).hasValue("unconfined");
        assertThat(spec.unmasked()).isTrue();
    }

    @Test
    void aSeccompProfileIsReadFromItsFile() throws IOException {
        Path profile = Files.writeString(folder.resolve("profile.json"), "{}");

        assertThat(parse("--security-opt", "seccomp=" + profile, "image").seccomp())
                .hasValue("{}");
        assertThatThrownBy(() -> parse("--security-opt", "seccomp=" + folder.resolve("none"), "image"))
                .hasMessageContaining("Cannot read the file");
    }

    @Test
    void theLastValueCounts() {
        assertThat(parse("-m", "1m", "-m", "2m", "image").memory()).isEqualTo(2L << 20);
    }

    @Test
    void aNameAloneTakesTheCallersValueAndOptionsOverrideFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("env"), "# note\n\n  A=1 \r\nHOME\nUNSET\nB=x=y\n");

        assertThat(parse("-e", "A=2", "-e", "EMPTY", "-e", "NOT_SET", "--env-file", file.toString(), "image")
                        .env())
                .containsExactly("A=2", "HOME=/home/me", "B=x=y", "EMPTY=");
    }

    @Test
    void aWrongLineOfAFileIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("env"), "A=1\nnot a name=2\n=3\n");

        assertThatThrownBy(() -> parse("--env-file", file.toString(), "image"))
                .hasMessageContaining("Line 2 of `" + file + "` (--env-file) is not `NAME=VALUE`.")
                .hasMessageContaining("Line 3 of");
    }

    @Test
    void labelsComeFromFilesAndOptions() throws IOException {
        Path file = Files.writeString(folder.resolve("labels"), "a=1\nb=2\n");

        assertThat(parse("--label-file", file.toString(), "-l", "b=3", "-l", "c", "image")
                        .labels())
                .containsExactly(Map.entry("a", "1"), Map.entry("b", "3"), Map.entry("c", ""));
    }

    @Test
    void wordsThatDoNotFitTogether() {
        assertThatThrownBy(() -> parse("--rm")).hasMessageContaining("needs IMAGE");
        assertThatThrownBy(() -> parse("--rootfs", "/")).hasMessageContaining("needs COMMAND");
        assertThatThrownBy(() -> parse("--cpus", "1", "--cpu-quota", "5", "image"))
                .hasMessageContaining("says the same");
        assertThatThrownBy(() -> parse("--cpus", "0.001", "image")).hasMessageContaining("at least `0.01`");
    }

    @Test
    void anEmptyEntrypointRemovesTheImages() {
        assertThat(parse("--entrypoint", "", "image").entrypoint()).hasValue(List.of());
        assertThat(parse("--entrypoint", "/bin/x", "image").entrypoint()).hasValue(List.of("/bin/x"));
    }
}
