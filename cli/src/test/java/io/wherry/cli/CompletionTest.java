package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script is run by a real bash, as when the tab key is pressed at the end of a line. */
class CompletionTest {
    @TempDir
    Path folder;

    /** {@return what is offered; the last word is the one that is being typed} */
    private List<String> complete(String... words) throws IOException, InterruptedException {
        Path script = Files.writeString(
                folder.resolve("completion"),
                new CommandLine().run("completion", "bash").out());
        String quoted = Arrays.stream(words).map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        String program = """
                set -u
                source '%s'
                wherry() { printf 'asked-for\\n'; [[ $1 == ps ]] && echo web; [[ $1 == images ]] && echo debian; true; }
                COMP_WORDS=(wherry %s)
                COMP_CWORD=%d
                __wherry
                printf '%%s\\n' "${COMPREPLY[@]}"
                """.formatted(script, quoted, words.length);
        Process bash = new ProcessBuilder("bash", "--norc", "-c", program)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(out).isZero();
        List<String> offered = new ArrayList<>(out.lines().toList());
        offered.removeIf(String::isEmpty);
        return offered;
    }

    @Test
    void commands() throws Exception {
        assertThat(complete("")).contains("run", "ps", "images", "container", "completion");
        assertThat(complete("r")).containsExactlyInAnyOrder("run", "restart", "rename", "rm", "rmi", "runtimes");
        assertThat(complete("--debug", "pu")).containsExactly("pull", "push");
        assertThat(complete("--root", "/x", "pu")).containsExactly("pull", "push");
        assertThat(complete("container", "")).contains("run", "ls", "rm", "inspect");
        assertThat(complete("container", "pr")).containsExactly("prune");
        assertThat(complete("volume", ""))
                .containsExactlyInAnyOrder("create", "ls", "list", "inspect", "rm", "remove", "prune");
        assertThat(complete("volume", "create", "--la")).containsExactly("--label");
        assertThat(complete("help", "do")).containsExactly("doctor");
    }

    @Test
    void foldersThatCanBeRun() throws Exception {
        assertThat(complete("run", "-i", "/us")).containsExactly("/usr");
        assertThat(complete("rmi", "/us")).isEmpty();
    }

    @Test
    void options() throws Exception {
        assertThat(complete("--ro")).containsExactly("--root");
        assertThat(complete("run", "--mem")).containsExactly("--memory", "--memory-swap", "--memory-reservation");
        assertThat(complete("container", "run", "--read")).containsExactly("--read-only");
        assertThat(complete("run", "--rm", "-m", "64m", "--c")).contains("--cap-add", "--cpus");
        assertThat(complete("run", "--publ")).isEmpty();
        assertThat(complete("rm", "--")).contains("--force", "--help");
    }

    @Test
    void valuesOfOptions() throws Exception {
        assertThat(complete("run", "--network", "")).containsExactly("none", "host", "bridge");
        assertThat(complete("container", "run", "--pull", "a")).containsExactly("always");
        assertThat(complete("--storage-driver", "o")).containsExactly("overlay");
        Files.writeString(folder.resolve("variables file"), "");
        assertThat(complete("run", "--env-file", "vari")).containsExactly("variables file");
        Files.createDirectory(folder.resolve("state"));
        assertThat(complete("--root", "sta")).containsExactly("state");
    }

    @Test
    void namesAreAskedFor() throws Exception {
        assertThat(complete("rm", "we")).containsExactly("web");
        assertThat(complete("container", "rm", "")).contains("web");
        assertThat(complete("run", "deb")).containsExactly("debian");
        assertThat(complete("rmi", "deb")).containsExactly("debian");
    }

    @Test
    void everyCommandOfContainersCompletesTheirNames() throws Exception {
        for (String command : List.of(
                "attach", "exec", "kill", "logs", "pause", "rename", "restart", "start", "stats", "stop", "top",
                "unpause", "update", "wait")) {
            assertThat(complete(command, "we")).as(command).containsExactly("web");
            assertThat(complete("container", command, "we"))
                    .as("container " + command)
                    .containsExactly("web");
        }
        assertThat(complete("history", "deb")).containsExactly("debian");
        assertThat(complete("top", "web", "-")).isEmpty(); // ps's
    }

    @Test
    void behindTheImageNothingIsOffered() throws Exception {
        assertThat(complete("run", "debian", "--r")).isEmpty();
        assertThat(complete("run", "--rm", "debian", "")).isEmpty();
    }
}
