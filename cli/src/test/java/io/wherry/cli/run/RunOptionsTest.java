package io.wherry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.cli.table.Operands;
import io.wherry.cli.table.Parser;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunOptionsTest {
    private final RunWords words = new RunWords();

    private List<String> parse(String... line) {
        Operands rule = new Operands("IMAGE", 0, Operands.MANY, true, Operands.Complete.IMAGES);
        return new Parser<>("run", RunOptions.table(), rule, 125).parse(List.of(line), words);
    }

    @Test
    void theIssuesLineIsRead() {
        List<String> operands = parse(
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

        assertThat(operands).containsExactly("IMAGE", "cmd", "-x", "--rm=maybe", "--", "y");
        assertThat(words.remove).isTrue();
        assertThat(words.memoryBytes).isEqualTo(64L << 20);
        assertThat(words.cpus).isEqualTo(500_000_000L);
        assertThat(words.processes).isEqualTo(100L);
        assertThat(words.readOnly).isTrue();
        assertThat(words.mounts)
                .containsExactly(
                        new MountWords(MountWords.Kind.TMPFS, "", "/tmp", false, false, List.of()),
                        new MountWords(MountWords.Kind.BIND, "/home/me", "/src", true, true, List.of()));
        assertThat(words.workingFolder).isEqualTo("/src");
        assertThat(words.environment).containsExactly("A=b");
        assertThat(words.user).isEqualTo("1000:1000");
        assertThat(words.droppedCapabilities).containsExactly("ALL");
    }

    @Test
    void lettersCluster() {
        parse("-itdeA=b", "-vA".replace("A", "/a:/b"), "-e=C=d", "-w=/x", "image");

        assertThat(words.interactive && words.terminal && words.detached).isTrue();
        assertThat(words.environment).containsExactly("A=b", "C=d");
        assertThat(words.mounts).hasSize(1);
        assertThat(words.workingFolder).isEqualTo("/x");
    }

    @Test
    void flagsTakeATruthOnlyWhenAttached() {
        assertThat(parse("--rm=false", "-t=false", "--read-only", "true")).containsExactly("true");
        assertThat(words.remove || words.terminal).isFalse();
        assertThat(words.readOnly).isTrue();
    }

    @Test
    void twoDashesEndTheOptions() {
        assertThat(parse("--rm", "--", "--image", "x")).containsExactly("--image", "x");
    }

    @Test
    void theHostNameOwnsTheLetterH() {
        parse("-h", "box", "image");

        assertThat(words.hostname).isEqualTo("box");
    }

    @Test
    void netIsNetwork() {
        parse("--net=none", "image");

        assertThat(words.network).isEqualTo("none");
    }

    @Test
    void mountFieldsMayBeQuoted() {
        parse("--mount", "type=bind,\"source=/a,b\",dst=/c,ro,bind-propagation=rslave", "image");

        assertThat(words.mounts)
                .containsExactly(new MountWords(MountWords.Kind.BIND, "/a,b", "/c", true, false, List.of("rslave")));
    }

    @Test
    void tmpfsByFields() {
        parse("--mount", "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1777", "image");

        assertThat(words.mounts.getFirst().options()).containsExactly("size=1048576", "mode=1777");
    }

    @Test
    void limitsAndDevices() {
        parse(
                "--ulimit",
                "nofile=1024:2048",
                "--ulimit=core=-1",
                "--device",
                "/dev/a",
                "--device=/dev/a:/dev/b:r",
                "--device",
                "/dev/a:rw",
                "image");

        assertThat(words.limits).containsExactly(new LimitWords("nofile", 1024, 2048), new LimitWords("core", -1, -1));
        assertThat(words.devices)
                .containsExactly(
                        new DeviceWords("/dev/a", "/dev/a", "rwm"),
                        new DeviceWords("/dev/a", "/dev/b", "r"),
                        new DeviceWords("/dev/a", "/dev/a", "rw"));
    }

    @Test
    void securityOptionsInBothSpellings() {
        parse(
                "--security-opt",
                "no-new-privileges",
                "--security-opt=seccomp:unconfined",
                "--security-opt",
                "systempaths=unconfined",
                "--security-opt",
                "label=disable",
                "image");

        assertThat(words.noNewPrivileges).isTrue();
        assertThat(words.seccomp).isEqualTo("unconfined");
        assertThat(words.unmaskedSystemPaths).isTrue();
    }

    @Test
    void theLastValueCounts() {
        parse("-m", "1m", "-m", "2m", "image");

        assertThat(words.memoryBytes).isEqualTo(2L << 20);
    }
}
