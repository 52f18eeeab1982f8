package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorTextTest {
    @Test
    void wrongNamesArePointedToTheNearestOne() {
        check(
                "names.err",
                List.of(
                        words("rnu"),
                        words("frobnicate"),
                        words("container", "lst"),
                        words("image", "remov"),
                        words("container", "nothing", "--x"),
                        words("--rot", "/x", "ps"),
                        words("--storage-driver", "zfs", "ps"),
                        words("help", "imags"),
                        words("ps", "--quite"),
                        words("ps", "-Z"),
                        words("run", "--memroy", "64m", "--raed-only", "image"),
                        words("run", "-itx", "image"),
                        words("")));
    }

    @Test
    void allWrongOptionsOfALineAreReportedTogether() {
        check(
                "together.err",
                List.of(
                        words(
                                "run",
                                "-m",
                                "lots",
                                "--cpus",
                                "many",
                                "--network",
                                "mesh",
                                "--pids-limit",
                                "-2",
                                "--nmae",
                                "x",
                                "image"),
                        words("run", "-p", "80:80", "--restart=always", "image"),
                        words("rm", "--farce"),
                        words("pull", "a", "b", "--quiet=maybe")));
    }

    @Test
    void wrongValuesSayWhatWasWanted() {
        check(
                "values.err",
                List.of(
                        words("run", "-m", "", "image"),
                        words("run", "-m"),
                        words("run", "--memory=1.5.2g", "image"),
                        words("run", "--memory=99999999999g", "image"),
                        words("run", "--cpus=-1", "image"),
                        words("run", "--oom-score-adj", "1001", "image"),
                        words("run", "--cpu-quota", "1e3", "image"),
                        words("run", "--rm=perhaps", "image"),
                        words("run", "-e", "=x", "image"),
                        words("run", "-v", ".data:/data", "image"),
                        words("run", "-v", "data", "image"),
                        words("run", "-v", "/a:b", "image"),
                        words("run", "-v", "/a:/b:ro,rw", "image"),
                        words("run", "-v", "/a:/b:readonly", "image"),
                        words("run", "--mount", "type=bind,source=/a", "image"),
                        words("run", "--mount", "source=/a,target=/b", "image"),
                        words("run", "--mount", "type=tmpfs,source=/a,target=/b", "image"),
                        words("run", "--mount", "type=bind,source=/a,target=/b,tmpfs-size=1m", "image"),
                        words("run", "--mount", "type=bind,sauce=/a,target=/b", "image"),
                        words("run", "--mount", "type=bind,\"source=/a,target=/b", "image"),
                        words("run", "--tmpfs", "tmp", "image"),
                        words("run", "--tmpfs", "/tmp:size=big", "image"),
                        words("run", "--tmpfs", "/tmp:mode=999", "image"),
                        words("run", "--device", "null", "image"),
                        words("run", "--device", "/dev/null:rr", "image"),
                        words("run", "--ulimit", "nofile", "image"),
                        words("run", "--ulimit", "files=1", "image"),
                        words("run", "--ulimit", "nofile=10:5", "image"),
                        words("run", "--security-opt", "seccomp", "image"),
                        words("run", "--security-opt", "apparmor=strict", "image"),
                        words("run", "--security-opt", "everything=off", "image"),
                        words("run", "--name", "-x", "image"),
                        words("run", "--name", "a", "image"),
                        words("run", "-w", "src", "image"),
                        words("run", "--rootfs", "box", "sh"),
                        words("run", "--umask", "8", "image"),
                        words("run", "--pull", "often", "image"),
                        words("run", "--unshare", "mont,uts", "image"),
                        words("run", "--unshare", "", "image"),
                        words("run", "--unshare", "uts", "image"),
                        words(
                                "run",
                                "--unshare",
                                "mount,pid,user",
                                "--pid=host",
                                "--uts=private",
                                "--network=none",
                                "--userns=host",
                                "-h",
                                "x",
                                "image"),
                        words("rm"),
                        words("ps", "web")));
    }

    @Test
    void theTraceIsPrintedOnlyForDebug() {
        assertThat(new CommandLine().run("rnu").err()).doesNotContain("\tat ");
        assertThat(new CommandLine().run("--debug", "rnu").err()).contains("\tat io.wherry.cli");
    }

    private static String[] words(String... words) {
        return words;
    }

    private static void check(String file, List<String[]> lines) {
        StringBuilder transcript = new StringBuilder();
        for (String[] line : lines) {
            transcript.append(CommandLine.transcript(line)).append('\n');
        }
        Golden.check(file, transcript.toString());
    }
}
