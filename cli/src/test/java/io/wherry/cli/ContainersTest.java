package io.wherry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.launch.Failure;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import java.nio.file.Path;
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
        assertThat(run.launches().getFirst().flags()).isEqualTo(Launcher.DETACHED);
        String id = run.launches().getFirst().id();

        assertThat(wherry("ps").out()).isEqualTo("CONTAINER ID   IMAGE     COMMAND   CREATED   STATUS    NAMES\n");
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
    void explainReportsWrongWordsAsRunDoes() {
        CommandLine explain = wherry("explain", "run", "--memroy", "1", "x");
        assertThat(explain.err()).contains("`run` has no option `--memroy`");
    }

    @Test
    void aTerminalNeedsATerminal() {
        CommandLine run = wherry("run", "-it", "--rootfs", "/:O", "sh");
        assertThat(run.code()).isEqualTo(125);
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
