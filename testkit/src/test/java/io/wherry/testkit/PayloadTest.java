package io.wherry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Leakless
@Tag("user")
class PayloadTest {
    private static Command probe(String... words) {
        return Command.of(words).under(Payload.PROBE.path().toString());
    }

    @Test
    void helloTellsWhatIsItsOwn() {
        String host = Command.of(
                        "sh",
                        "-c",
                        "cd /proc/self/ns; for n in cgroup ipc mnt net pid user uts; do readlink $n; done | tr -d '[]' | tr '\\n' ' '")
                .check()
                .out();
        Command.Result result = Command.of(Payload.HELLO.path().toString())
                .under("unshare", "-Urpfu", "sh", "-c", "hostname inside; exec \"$0\"")
                .with("WHERRY_HOST_NS", host)
                .check();
        assertThat(result.lines())
                .contains("pid 1", "hostname inside", "user-mapping 0 " + ownUid() + " 1", "start-ms unknown")
                .anyMatch(line -> line.matches("namespaces-own (mnt )?pid (time )?user uts"));
        assertThat(result.lines())
                .extracting(line -> line.substring(0, line.indexOf(' ')))
                .containsExactly(
                        "pid",
                        "hostname",
                        "rootfs",
                        "memory-limit",
                        "pids-limit",
                        "user-mapping",
                        "namespaces-own",
                        "start-ms");
    }

    @Test
    void helloCountsFromTheGivenStart() {
        double uptime = Double.parseDouble(
                Command.of("cat", "/proc/uptime").check().out().replaceFirst(" .*\n", ""));
        Command.Result result = Command.of(Payload.HELLO.path().toString())
                .with("WHERRY_START_NS", Long.toString((long) (uptime * 1e9) - 5_000_000_000L))
                .check();
        double milliseconds = Double.parseDouble(result.lines().getLast().replace("start-ms ", ""));
        assertThat(milliseconds).isBetween(5_000.0, 15_000.0);
    }

    @Test
    void subreaperGivesTheExitCodeOn() {
        assertThat(reaped("exit 7").exit()).isEqualTo(7);
        assertThat(reaped("kill -9 $$").exit()).isEqualTo(137);
        assertThat(reaped("(sleep 0.3) & exit 0").exit()).isZero();
    }

    @Test
    void subreaperFailsForWhatIsLeft() {
        Command.Result result = reaped("(setsid sleep 61 >/dev/null 2>&1 &) ; exit 0");
        assertThat(result.exit()).isEqualTo(99);
        assertThat(result.err()).contains(" S sleep 61\n").contains("1 left by sh, which ended with 0");
    }

    @Test
    void terminalHasItsSizeAndShowsTheOutput() {
        Command.Result result = Terminal.of(10, 33)
                .resizedAfter(Duration.ofMillis(500), 44, 55)
                .around(Command.of("sh", "-c", "stty size; sleep 1; stty size; exit 3"))
                .run();
        assertThat(result.out()).isEqualTo("10 33\r\n44 55\r\n");
        assertThat(result.err()).isEmpty();
        assertThat(result.exit()).isEqualTo(3);
        assertThat(Terminal.of(24, 80).around(Command.of("stty", "raw")).run().err())
                .isEqualTo("pty: modes changed\n");
    }

    @Test
    void terminalTypesTheInput() {
        Command.Result result = Terminal.of(24, 80)
                .around(Command.of("sleep", "60"))
                .input("\003")
                .run();
        assertThat(result.exit()).isEqualTo(130);
    }

    @Test
    void probeDoesWhatItIsTold() {
        assertThat(probe("exit", "42").run().exit()).isEqualTo(42);
        assertThat(probe("kill", "9").run().exit()).isEqualTo(137);
        assertThat(probe("echo").input("a\nb").check().out()).isEqualTo("a\nb");
        assertThat(probe("flood", "1000").check().out())
                .hasSize(1000)
                .startsWith("0 xxx")
                .contains("\n64 xxx");
        assertThat(probe("oom", "8").check().out()).isEqualTo("survived\n");
        assertThat(probe("write", "/none-such/file").run().out()).isEqualTo("ENOENT\n");
        assertThat(Terminal.of(7, 8)
                        .around(probe("winsize"))
                        .input("\004")
                        .check()
                        .out())
                .startsWith("7 8\r\n");
        assertThat(probe("nonsense").run().exit()).isEqualTo(125);
    }

    @Test
    void probeNamesTheSignal() throws Exception {
        Process process = probe("waitsig").start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        process.toHandle().destroy(); // leaves the streams open
        assertThat(process.inputReader().readLine()).isEqualTo("SIGTERM");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void probeSaysTheSameTwice() {
        Command all = probe().under("unshare", "-Urmpfu", "--mount-proc");
        all.check(); // a user's first call for a key makes keyrings, which /proc/keys then shows
        List<String> lines = all.check().lines();
        assertThat(all.check().lines()).isEqualTo(lines);
        assertThat(lines)
                .hasSizeGreaterThan(250)
                .contains(
                        "fd.00 pipe read",
                        "fd.01 pipe write",
                        "call.unshare.uts ok",
                        "umask 0022",
                        "pid 1",
                        "parent outside")
                .noneMatch(line -> line.startsWith("fd.03"));
    }

    @Test
    void ordinaryUserHasARangeOfIdsAndNoRights() {
        OrdinaryUser user = OrdinaryUser.find();
        Command.Result result = user.command(
                        "sh", "-c", "id -u; grep CapEff /proc/self/status; echo $HOME; stat -c %a:%u $XDG_RUNTIME_DIR")
                .check();
        assertThat(result.lines())
                .containsExactly(
                        String.valueOf(user.uid()),
                        "CapEff:\t0000000000000000",
                        user.home().toString(),
                        "700:" + user.uid());
        assertThat(user.uid()).isNotZero();
        assertThat(user.subordinateUids())
                .hasValueSatisfying(range -> assertThat(range.count()).isGreaterThanOrEqualTo(65536));
        assertThat(user.command("unshare", "-U", "--map-auto", "--map-root-user", "cat", "/proc/self/uid_map")
                        .check()
                        .out())
                .contains(String.valueOf(user.subordinateUids().orElseThrow().first()));
    }

    @Test
    void commandFailsForWhatHangsAndWhatHoldsItsOutput() {
        Command hangs = Command.of("sh", "-c", "echo before; sleep 60").timeout(Duration.ofMillis(300));
        assertThatThrownBy(hangs::run)
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("did not end within PT0.3S", "before");
        // Not at its end at once: the pipes of a program are looked for when it has started. And what holds them is
        // over before the ledger is closed.
        Command holds = Command.of("sh", "-c", "sleep 5 & sleep 0.5; echo done");
        assertThatThrownBy(holds::run).isInstanceOf(AssertionError.class).hasMessageContaining("keeps its output open");
    }

    private static Command.Result reaped(String script) {
        return Command.of("sh", "-c", script)
                .under(Payload.SUBREAPER.path().toString())
                .run();
    }

    private static String ownUid() {
        return Command.of("id", "-u").check().out().strip();
    }
}
