package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainersTest {
    @TempDir
    Path root;

    private CommandLine wherry(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "--root";
        all[1] = root.toString();
        System.arraycopy(words, 0, all, 2, words.length);
        return new CommandLine().run(all);
    }

    @Test
    void aContainerIsMadeListedInspectedAndRemoved() {
        CommandLine run =
                wherry("run", "-d", "--name", "web", "-l", "a=b", "--network", "none", "--rootfs", "/", "true");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.launches()).hasSize(1);
        assertThat(run.launches().getFirst().flags()).isEqualTo(CommandLauncher.DETACHED);
        String id = run.launches().getFirst().id();

        assertThat(wherry("ps").out())
                .isEqualTo("CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    PORTS     NAMES\n");
        assertThat(wherry("ps", "-a").out())
                .contains(id.substring(0, 12) + "   /         \"true\"    ")
                .endsWith("   web\n");
        assertThat(wherry("ps", "-aq", "--no-trunc").out()).isEqualTo(id + "\n");
        assertThat(wherry("ps", "-aq", "--filter", "label=a=c").out()).isEmpty();
        assertThat(wherry("ps", "-a", "--filter", "name=we", "--format", "{{.Names}}|{{.ID}}")
                        .out())
                .isEqualTo("web|" + id.substring(0, 12) + "\n");
        assertThat(wherry("container", "ls", "-a", "--format", "table {{.Names}}\\t{{.Image}}")
                        .out())
                .isEqualTo("NAMES     IMAGE\nweb       /\n");
        assertThat(wherry("ps", "-a", "--json").out()).startsWith("{\"ID\":\"").endsWith("}\n");
        assertThat(wherry("inspect", "-f", "{{.Name}} {{.Config.Labels.a}} {{.Spec.network}}", "web")
                        .out())
                .isEqualTo("/web b none\n");
        assertThat(wherry("inspect", "web").out()).startsWith("[\n");
        assertThat(wherry("explain", "web").out()).contains("strand 0", " instructions, ");
        assertThat(wherry("rm", "-f", "web", "never").out()).isEqualTo("web\n");
        assertThat(wherry("ps", "-aq").out()).isEmpty();
    }

    private void made(String name, String... options) {
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", name));
        words.addAll(List.of(options));
        words.addAll(List.of("--rootfs", "/", "sh", "-c", "exit 3"));
        assertThat(wherry(words.toArray(String[]::new)).err()).isEmpty();
    }

    private String names(String... filters) {
        List<String> words = new ArrayList<>(List.of("ps", "-a", "--format", "{{.Names}}"));
        for (String filter : filters) {
            words.addAll(List.of("--filter", filter));
        }
        return wherry(words.toArray(String[]::new)).out().replace('\n', ' ').strip();
    }

    @Test
    void filtersChooseAsDockersDo() {
        made("one", "--network", "none", "-l", "a=1", "-v", "/usr:/src");
        made("two", "--network", "host", "-l", "a=2", "-l", "b");
        made("three", "--network", "none");
        assertThat(names()).isEqualTo("three two one");
        assertThat(names("name=^t")).isEqualTo("three two");
        assertThat(names("name=^/o", "name=hre")).isEqualTo("three one");
        assertThat(names("label=a", "label=b")).isEqualTo("two");
        assertThat(names("since=one")).isEqualTo("three two");
        assertThat(names("before=three", "since=one")).isEqualTo("two");
        assertThat(names("network=host")).isEqualTo("two");
        assertThat(names("volume=/src")).isEqualTo("one");
        assertThat(names("volume=/usr", "network=host")).isEmpty();
        assertThat(names("exited=0")).isEmpty();
        assertThat(names("health=none", "status=created")).isEqualTo("three two one");
        assertThat(names("ancestor=nothing")).isEmpty();
        assertThat(wherry("ps", "-l", "--format", "{{.Names}}").out()).isEqualTo("three\n");
        assertThat(wherry("ps", "-n", "2", "--format", "{{.Names}}").out()).isEqualTo("three\ntwo\n");
        assertThat(wherry("ps", "-l", "--no-trunc", "--format", "{{.Command}}|{{.Networks}}")
                        .out())
                .isEqualTo("\"sh -c 'exit 3'\"|none\n");
    }

    @Test
    void filtersThatCannotBeAreRefused() {
        assertThat(wherry("ps", "--filter", "publish=80").err()).contains("cannot be filtered by `publish`");
        assertThat(wherry("ps", "--filter", "status=runing").err()).contains("one of created, restarting, running");
        assertThat(wherry("ps", "--filter", "exited=x").err()).contains("takes an exit code");
        assertThat(wherry("ps", "--filter", "since=nix").err()).contains("no container `nix`");
        assertThat(wherry("ps", "--filter", "nothing").err()).contains("takes `KEY=VALUE`");
        assertThat(wherry("ps", "-s").err()).contains("sizes of containers");
    }

    /** The names and their order are those that docker 20.10.24 printed, for this very container. */
    @Test
    void inspectShowsDockersDocument() throws IOException {
        String root = this.root.toString();
        List<String> words = new ArrayList<>(List.of("run", "-d", "--name", "web", "--network", "none"));
        words.addAll(List.of("--pids-limit", "7", "-v", "/usr:/src:ro", "-e", "A=b", "-l", "a=b"));
        words.addAll(List.of("--ulimit", "nofile=64:65", "--tmpfs", "/t:size=1m", "-w", "/tmp"));
        words.addAll(List.of("--security-opt", "no-new-privileges", "--rootfs", "/", "sleep", "100"));
        assertThat(wherry(words.toArray(String[]::new)).err()).isEmpty();
        JsonArray documents =
                (JsonArray) JsonValue.parse(wherry("inspect", "web").out().getBytes(StandardCharsets.UTF_8));
        StringBuilder shape = new StringBuilder();
        shape(shape, "", documents.get(0));
        Golden.check(
                "inspect.txt",
                shape.toString()
                        .replace(root, "ROOT")
                        .replaceAll("[0-9a-f]{64}", "ID")
                        .replaceAll("\"[0-9a-f]{12}\"", "\"ID12\""));
    }

    private static void shape(StringBuilder out, String path, JsonValue value) {
        if (value instanceof JsonObject object && !object.isEmpty() && !path.equals("Spec")) {
            object.members().forEach((name, member) -> shape(out, path.isEmpty() ? name : path + "." + name, member));
        } else if (path.equals("Created")) {
            out.append("Created\n");
        } else if (!path.equals("Spec")) {
            out.append(path).append(' ').append(value).append('\n');
        }
    }

    @Test
    void bootIsLaidIntoAUnitAndALine() {
        String command = "/opt/wherry/bin/wherry --root " + root + " boot";
        assertThat(wherry("boot", "--unit").out()).isEqualTo("""
                [Unit]
                Description=Containers of Wherry that should always run
                After=network-online.target local-fs.target
                Wants=network-online.target

                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=%s
                KillMode=process
                Delegate=yes

                [Install]
                WantedBy=%s
                """.formatted(command, "multi-user.target"));
        assertThat(wherry("boot", "--cron").out()).isEqualTo("@reboot " + command + "\n");
        assertThat(wherry("boot").out()).isEmpty();
    }

    @Test
    void whatIsNotThereIsNamed() {
        CommandLine rm = wherry("rm", "nothing");
        assertThat(rm.code()).isEqualTo(1);
        assertThat(rm.err()).startsWith("wherry: ").contains("nothing");

        CommandLine inspect = wherry("inspect", "nothing");
        assertThat(inspect.code()).isEqualTo(1);
        assertThat(inspect.out()).isEqualTo("[]\n");
    }

    @Test
    void explainDoesNotMakeAnything() {
        CommandLine explain =
                wherry("explain", "run", "--rm", "-m", "64m", "--network", "none", "--rootfs", "/:O", "true");
        assertThat(explain.err()).isEmpty();
        assertThat(explain.code()).isZero();
        assertThat(explain.out()).contains("strand 0");
        assertThat(wherry("ps", "-aq").out()).isEmpty();

        CommandLine json = wherry("explain", "--json", "run", "--network", "none", "--rootfs", "/:O", "true");
        assertThat(json.out()).startsWith("[{\"strand\":0,");
    }

    @Test
    void differencesOfTwoProgramsAreTheirSteps() {
        String run = "run --rm --network none --rootfs '/:O' ";
        CommandLine diff = wherry("explain", "--diff", run + "sh -c 'exit 3'", run + "--read-only sh -c \"exit 3\"");
        assertThat(diff.err()).isEmpty();
        assertThat(diff.code()).isEqualTo(1);
        assertThat(diff.out())
                .startsWith("--- " + run + "sh -c 'exit 3'\n+++ ")
                .contains("@@ strand 1  the container's first process @@\n …\n")
                .contains("\n+set ro on rootfs\n")
                .doesNotContain("strand 0", "\n-");

        assertThat(wherry("explain", "-v", "--diff", run + "true", run + "true").out())
                .isEmpty();
    }

    @Test
    void twoContainersOfTheSameWordsDoNotDiffer() {
        made("one", "--network", "none");
        made("two", "--network", "none");
        made("three", "--network", "none", "-h", "box");
        assertThat(wherry("explain", "--diff", "one", "two").code()).isZero();
        assertThat(wherry("explain", "one", "--diff", "two", "-v").out()).isEmpty();
        assertThat(wherry("explain", "--diff", "one", "three").out())
                .contains("\n-host name <short id>\n+host name box\n");
        assertThat(wherry("explain", "--diff", "one", "rnu hello").err())
                .contains("begins with `run` or `exec`, not `rnu hello`");
        assertThat(wherry("explain", "--diff", "one").err()).contains("needs A B");
        assertThat(wherry("explain", "--diff", "--json", "one", "two").err())
                .contains("leave `--json` and `--why` out");
    }

    @Test
    void explainReportsWrongWordsAsRunDoes() {
        CommandLine explain = wherry("explain", "run", "--memroy", "1", "x");
        assertThat(explain.err()).contains("`run` has no option `--memroy`");
    }

    @Test
    void aTerminalNeedsATerminal() {
        CommandLine run = wherry("run", "-it", "--rootfs", "/:O", "sh");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("need a terminal as input");
        assertThat(run.launches()).isEmpty();
    }

    @Test
    void aWrongFilterIsRefused() {
        assertThat(wherry("ps", "--filter", "staus=x").err()).contains("Did you mean `status=`?");
    }

    @Test
    void infoAndDoctorSpeak() {
        assertThat(wherry("info").out()).contains("Root        " + root);
        assertThat(wherry("info", "-f", "{{.Root}}").out()).isEqualTo(root + "\n");
        assertThat(wherry("doctor").out()).contains("kernel    Linux ");
        assertThat(wherry("version").out()).isEqualTo("wherry 0.1.0\n");
        assertThat(wherry("--version").out()).isEqualTo("wherry 0.1.0\n");
    }

    @Test
    void theReportOfAFailedProgramHasItsSentenceAndCode() {
        String[] words = {
            "--root", root.toString(), "run", "--rm", "--network", "none", "--rootfs", "/", "no-such-command"
        };
        String id = new CommandLine().run(words).launches().getFirst().id();
        Failure failure = new Failure(1, 0, 0, Op.EXEC.number(), 0, Errno.ENOENT.number(), "");

        CommandLine report = new CommandLine().report(id, failure, words);

        assertThat(report.code()).isEqualTo(127);
        assertThat(report.err()).startsWith("wherry: ").contains("`no-such-command` was not found");
        assertThat(wherry("ps", "-aq").out()).isEmpty();
    }

    @Test
    void theReportOfAContainerThatIsGoneIsASentenceToo() {
        Failure failure = new Failure(1, 0, 0, Op.EXEC.number(), 0, Errno.ENOENT.number(), "");

        CommandLine report = new CommandLine().report("f".repeat(64), failure, "--root", root.toString());

        assertThat(report.code()).isEqualTo(125);
        assertThat(report.err()).startsWith("wherry: ").doesNotContain("defect");
    }
}
