package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.oci.HealthCheck;
import io.wherry.oci.json.JsonObject;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Containers where version 2 is all there is: in a virtual machine, since this host may have version 1. Compiled here, run there by the pilot without a JVM; one boot for all
 * tests, which read what came over the serial console.
 */
class GuestTest {
    private static final Duration LIMIT = Duration.ofSeconds(80);

    private static final int LAYERS = 40;

    private static Path home;
    private static GuestHost guest;

    @BeforeAll
    static void boot() throws IOException {
        home = Files.createTempDirectory(Path.of("/tmp"), "guest-");
        guest = new GuestHost(home);
        limits();
        exhausted();
        again();
        devices();
        layers();
        lost();
        refused();
        joined();
        jumps("forward", 3600);
        jumps("back", -3600);
        user();
        sized("ext4", "mkfs.ext4", "-q", "-F", "-O", "project,quota", "-E", "quotatype=prjquota");
        sized(
                "xfs",
                "env",
                "TEST_DIR=1",
                "TEST_DEV=1",
                "QA_CHECK_FS=1",
                "mkfs.xfs",
                "-q"); // smaller than it makes for others
        guest.run(LIMIT);
    }

    @AfterAll
    static void removeFiles() {
        Command.of("rm", "-rf", "--one-file-system", home.toString()).check();
    }

    private static void limits() throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("""
                for each in memory.max memory.swap.max cpu.max pids.max cpuset.cpus.effective; do
                    echo $each $(busybox cat /sys/fs/cgroup/$each)
                done
                echo processors $(busybox nproc)
                echo group $(busybox cat /proc/self/cgroup)
                echo x > /sys/fs/cgroup/memory.max
                exec /probe waitsig
                """);
        spec.memory = 64L << 20;
        spec.memorySwap = 96L << 20;
        spec.memoryReservation = 32L << 20;
        spec.cpuShares = 512;
        spec.cpuQuota = 50_000;
        spec.cpuPeriod = 100_000;
        spec.cpusetCpus = Optional.of("1");
        spec.cpusetMems = Optional.of("0");
        spec.pidsLimit = 100;
        guest.container("limits", GuestHost.root(), spec, """
                begin limits
                await limits ready
                show limits memory.max memory.swap.max memory.low cpu.max cpu.weight cpuset.cpus cpuset.mems pids.max
                ask limits paused 17 1
                show limits cgroup.events
                ask limits resumed 17 0
                show limits cgroup.freeze
                ask limits stopped 16 15 5000
                finish limits
                """);
    }

    private static void exhausted() throws IOException {
        ContainerSpec.Builder memory = new ContainerSpec.Builder();
        memory.command.addAll(List.of("/probe", "oom", "64"));
        memory.memory = 16L << 20;
        guest.container("memory", GuestHost.root(), memory, "begin memory\nfinish memory\n");
        ContainerSpec.Builder processes =
                GuestHost.shell("for i in 1 2 3 4 5 6 7 8 9; do busybox sleep 60 & echo process $i; done; echo all");
        processes.pidsLimit = 5;
        guest.container("processes", GuestHost.root(), processes, "begin processes\nfinish processes\n");
    }

    /** It fails, and its monitor starts it twice more, in the same control group made anew. */
    private static void again() throws IOException {
        ContainerSpec.Builder spec = new ContainerSpec.Builder();
        spec.command.addAll(List.of("/probe", "exit", "3"));
        spec.memory = 32L << 20;
        spec.restart = Optional.of(RestartPolicy.parse("on-failure:2"));
        guest.container("again", GuestHost.root(), spec, "begin again\nfinish again\n");
    }

    private static void devices() throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("""
                busybox mknod /messages c 1 11 && echo made
                busybox head -c 1 /messages
                busybox mknod /zero c 1 5 && echo zeros $(busybox head -c 3 /zero | busybox wc -c)
                busybox mknod /memory c 1 1 && busybox head -c 1 /memory
                busybox mknod /disk b 7 0 && busybox head -c 1 /disk
                echo x > /dev/null && echo written
                exit 7
                """);
        spec.capAdd.add("SYSLOG"); // without it the kernel's messages are closed anyway
        guest.container("devices", GuestHost.root(), spec, "begin devices\nfinish devices\n");
        ContainerSpec.Builder privileged = GuestHost.shell(
                "busybox mknod /messages c 1 11 && busybox head -c 1 /messages > /dev/null && echo read");
        privileged.privileged = true;
        guest.container("privileged", GuestHost.root(), privileged, "begin privileged\nfinish privileged\n");
    }

    /** More than an option of the mount could name by their paths. */
    private static void layers() throws IOException {
        ContainerSpec.Builder spec =
                GuestHost.shell("echo top $(busybox cat /layer-40) bottom $(busybox cat /layer-1)");
        guest.layered("layers", spec, LAYERS, "begin layers\nfinish layers\n");
    }

    /** Its monitor is killed; what is left, and whatever clings to life in the group, is for the sweep by name. */
    private static void lost() throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("exec /probe waitsig");
        spec.memory = 64L << 20;
        guest.container("lost", GuestHost.root(), spec, """
                begin lost
                await lost ready
                sleep 600 & echo $! > $(group lost)/cgroup.procs
                kill -9 $(sed -n 's/^monitor //p' $(cat /containers/lost/volatile)/started)
                usleep 200000
                show lost pids.current
                echo @lost sweep $(/guest pilot $(cat /containers/lost/folder)/program 7; echo $?)
                finish lost
                """);
    }

    /** A limit that the kernel does not take ends the start, and nothing is left of it. */
    private static void refused() throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("echo never");
        spec.memory = 64L << 20;
        spec.cpusetCpus = Optional.of("64");
        guest.container("refused", GuestHost.root(), spec, "begin refused\nfinish refused\n");
    }

    private static HealthCheck check(String commands) {
        return new HealthCheck(
                List.of("CMD-SHELL", commands),
                OptionalLong.of(100_000_000),
                OptionalLong.of(5_000_000_000L),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.of(1),
                JsonObject.empty());
    }

    /** What is executed in it makes it sick. */
    private static void joined() throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("exec /probe waitsig");
        spec.memory = 64L << 20;
        spec.healthcheck = Optional.of(check("busybox cat /proc/self/cgroup; test ! -e /sick"));
        guest.container("joined", GuestHost.root(), spec, """
                begin joined
                await joined ready
                healthy joined healthy
                execute joined inside
                healthy joined unhealthy
                echo @joined journal $(sed -n '/"execID":"inside"/s/.*"Action":"\\([a-z_]*\\)".*"exitCode":"\\([0-9]*\\)".*/\\1 \\2/p' $(cat /home)/root/events/journal)
                ask joined stopped 16 15 5000
                finish joined
                """);
        guest.execution("joined", "inside", """
                exec >/proc/1/fd/1
                echo inside $(busybox cat /proc/self/cgroup)
                for each in mnt pid net ipc uts cgroup; do
                    [ "$(busybox readlink /proc/self/ns/$each)" != "$(busybox readlink /proc/1/ns/$each)" ] || echo same $each
                done
                busybox touch /sick
                exit 7
                """);
    }

    /** The wall clock jumps while the container runs, while it waits for its next start, and while it has time to stop. */
    private static void jumps(String name, int seconds) throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("trap '' TERM; trap 'exit 6' USR1; echo begun; "
                + "while :; do echo goes on; busybox usleep 200000; done");
        spec.restart = Optional.of(RestartPolicy.parse("on-failure"));
        spec.healthcheck = Optional.of(check("true"));
        guest.container(
                name, GuestHost.root(), spec, """
                begin NAME
                healthy NAME healthy
                jump SECONDS
                healthy NAME healthy $(date +%s)
                logs NAME
                kill -USR1 $(sed -n 's/^pid //p' $(cat /containers/NAME/volatile)/started)
                jump SECONDS
                again NAME
                healthy NAME healthy $(date +%s)
                logs NAME
                began=$(cut -d . -f 1 /proc/uptime)
                ask NAME stopped 16 15 3000
                jump SECONDS
                finish NAME
                echo @NAME lasted $(($(cut -d . -f 1 /proc/uptime) - began))
                echo @NAME ill $(grep -c unhealthy.*NAME $(cat /home)/root/events/journal)
                """.replace("NAME", name).replace("SECONDS", Integer.toString(seconds)));
    }

    private static void user() throws IOException {
        ContainerSpec.Builder spec = GuestHost.shell("""
                for each in memory.max pids.max; do
                    echo $each $(busybox cat /sys/fs/cgroup/$each)
                done
                echo group $(busybox cat /proc/self/cgroup)
                busybox mknod /null c 1 3
                exec /probe waitsig
                """);
        spec.memory = 64L << 20;
        spec.pidsLimit = 50;
        guest.container("user", GuestHost.user(), spec, """
                chown -R 1000:1000 "$(cat /home)/user"
                mkdir -p /sys/fs/cgroup/user/session
                echo "+cpu +memory +pids" > /sys/fs/cgroup/cgroup.subtree_control
                for each in . cgroup.procs cgroup.subtree_control cgroup.threads session session/cgroup.procs; do
                    chown 1000:1000 /sys/fs/cgroup/user/$each
                done
                echo $$ > /sys/fs/cgroup/user/session/cgroup.procs
                begin user /guest as 1000
                await user ready
                show user memory.max pids.max cgroup.controllers
                ask user stopped 16 15 5000
                finish user
                """);
    }

    private static void sized(String type, String... make) throws IOException {
        Path disk = home.resolve(type);
        Command.of("truncate", "-s", "32M", disk.toString()).check();
        List<String> words = new ArrayList<>(List.of(make));
        words.add(disk.toString());
        Command.of(words).check();
        ContainerSpec.Builder spec = GuestHost.shell("""
                busybox mkdir /a && busybox mv /a /bin/moved && echo moved
                for each in /bin/moved/1 /bin/moved/2; do busybox dd if=/dev/zero of=$each bs=64k count=64 2>&1; done
                echo shown $(busybox df -k / | busybox tail -n 1)
                exec /probe waitsig
                """);
        spec.storageSize = 4 << 20;
        guest.limited(type, spec, disk, """
                disk NAME NAME
                quota NAME fresh PROJECT
                echo @NAME own $(/guest pilot /containers/NAME/own)
                begin NAME
                await NAME ready
                quota NAME runs PROJECT
                dd if=/dev/zero of=$(cat /containers/NAME/folder)/neighbour bs=1M count=8 2>/dev/null && echo @NAME neighbour
                ask NAME stopped 16 15 5000
                finish NAME
                quota NAME ended PROJECT
                rm -rf $(cat /containers/NAME/folder)/upper $(cat /containers/NAME/folder)/work
                quota NAME removed PROJECT
                """.replace("NAME", type));
    }

    @ParameterizedTest
    @CsvSource({"ext4, Disk quota exceeded", "xfs, No space left on device"})
    void whatAContainerWritesIsLimitedByItsProject(String type, String refusal) {
        assertThat(guest.output(type))
                .as(guest.console())
                .contains("moved\n", "/moved/2': " + refusal, "shown none 4096 409");
        assertThat(guest.said(type))
                .as(guest.console())
                .contains("fresh bytes 0 limit 0 files 0", "neighbour", "exit.code 0")
                .anySatisfy(line -> assertThat(line).startsWith("runs bytes 4").contains(" limit 4194304 "))
                .anySatisfy(line -> assertThat(line).startsWith("ended bytes 4").contains(" limit 0 "))
                .contains("removed bytes 0 limit 0 files 0")
                .noneMatch(line -> line.startsWith("left ") || line.startsWith("missing "));
    }

    @Test
    void recordedFactsAreTheGuests() {
        assertThat(guest.said("guest")).anySatisfy(line -> assertThat(line).startsWith("kernel 6.1."));
        assertThat(guest.said("guest"))
                .anySatisfy(
                        line -> assertThat(line).startsWith("controllers ").contains(GuestHost.CONTROLLERS.split(" ")));
        assertThat(guest.said("guest"))
                .anySatisfy(line -> assertThat(line).startsWith("filesystems ").contains("overlay"));
    }

    @Test
    void limitsAreInTheContainersGroup() {
        assertThat(guest.said("limits"))
                .as(guest.console())
                .contains(
                        "started",
                        "memory.max 67108864,",
                        "memory.swap.max 33554432,",
                        "memory.low 33554432,",
                        "cpu.max 50000 100000,",
                        "cpu.weight 20,",
                        "cpuset.cpus 1,",
                        "cpuset.mems 0,",
                        "pids.max 100,");
    }

    @Test
    void containerSeesItsOwnLimitsAndCannotChangeThem() {
        assertThat(guest.output("limits"))
                .as(guest.console())
                .contains(
                        "memory.max 67108864\n",
                        "memory.swap.max 33554432\n",
                        "cpu.max 50000 100000\n",
                        "pids.max 100\n",
                        "cpuset.cpus.effective 1\n",
                        "processors 1\n",
                        "group 0::/\n",
                        "Read-only file system\n");
    }

    @Test
    void containerIsPausedAndGoesOn() {
        assertThat(guest.said("limits"))
                .as(guest.console())
                .containsSubsequence(
                        "paused reply 0", "cgroup.events populated 1,frozen 1,", "resumed reply 0", "cgroup.freeze 0,");
    }

    @Test
    void containerIsStoppedByItsSignal() {
        assertThat(guest.said("limits")).as(guest.console()).contains("stopped reply 0", "exit.code 0", "pilot 0");
        assertThat(guest.output("limits")).contains("SIGTERM\n");
    }

    @Test
    void containerThatWantsTooMuchMemoryIsKilledAndThatIsRecorded() {
        assertThat(guest.said("memory")).as(guest.console()).contains("exit.code 137", "exit.signal 9", "exit.oom 1");
        assertThat(guest.output("memory")).doesNotContain("survived");
    }

    @Test
    void numberOfProcessesIsLimited() {
        assertThat(guest.output("processes"))
                .as(guest.console())
                .contains("process 4\n", "can't fork")
                .doesNotContain("process 5\n", "all\n");
    }

    @Test
    void containerThatFailsIsStartedAgain() {
        assertThat(guest.said("again")).as(guest.console()).contains("exit.code 3", "exit.restarts 2", "pilot 0");
    }

    @Test
    void onlyTheAllowedDevicesAreOpened() {
        assertThat(guest.output("devices"))
                .as(guest.console())
                .contains("made\n", "zeros 3\n", "written\n")
                .contains(
                        "/messages: Operation not permitted",
                        "/memory: Operation not permitted",
                        "/disk: Operation not permitted");
        assertThat(guest.said("devices")).contains("exit.code 7");
        assertThat(guest.output("privileged")).isEqualTo("read\n");
    }

    @Test
    void manyLayersAreStackedByAKernelThatTakesThemTogether() {
        assertThat(guest.output("layers")).as(guest.console()).isEqualTo("top 40 bottom 1\n");
    }

    @Test
    void sweepEmptiesTheGroupOfAContainerThatLostItsMonitor() {
        assertThat(guest.said("lost"))
                .as(guest.console())
                .containsSubsequence("started", "pids.current 1,", "sweep 0", "pilot 137", "mounts 0");
    }

    @Test
    void whatIsExecutedInAContainerIsInItsNamespacesAndItsGroup() {
        assertThat(guest.output("joined"))
                .as(guest.console())
                .contains("inside 0::/\nsame mnt\nsame pid\nsame net\nsame ipc\nsame uts\nsame cgroup\n")
                .endsWith("SIGTERM\n");
        assertThat(guest.said("joined")).contains("inside started", "journal exec_die 7", "exit.code 0", "pilot 0");
    }

    @Test
    void healthIsAskedInTheContainersGroup() {
        String group = HexFormat.of().formatHex("0::/\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(guest.said("joined"))
                .as(guest.console())
                .containsSubsequence("health healthy 0 " + group, "inside started", "health unhealthy 1 " + group);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "back"})
    void wallClockThatJumpsIsOnlySeenInRecords(String name) {
        assertThat(guest.said(name))
                .as(guest.console())
                .containsSubsequence(
                        "health healthy 0", "health healthy 0", "logs", "begun again", "health healthy 0", "logs")
                .contains("exit.code 137", "exit.restarts 1", "pilot 0", "ill 0")
                .containsAnyOf("lasted 3", "lasted 4", "lasted 5", "lasted 6");
    }

    @Test
    void limitThatTheKernelRefusesIsNamed() {
        assertThat(guest.said("refused"))
                .as(guest.console())
                .anySatisfy(line -> assertThat(line).startsWith("failed 0 ").contains(" ERANGE"))
                .doesNotContain("started");
    }

    @Test
    void ordinaryUserLimitsContainersInTheGivenPartOfTheTree() {
        assertThat(guest.said("user"))
                .as(guest.console())
                .contains("started", "memory.max 67108864,", "pids.max 50,", "stopped reply 0", "exit.code 0");
        assertThat(guest.output("user"))
                .contains("memory.max 67108864\n", "pids.max 50\n", "group 0::/\n", "SIGTERM\n")
                .contains("mknod: /null: Operation not permitted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limits",
                "memory",
                "processes",
                "devices",
                "privileged",
                "layers",
                "lost",
                "refused",
                "joined",
                "forward",
                "back",
                "user"
            })
    void nothingIsLeftOfAContainer(String name) {
        assertThat(guest.said(name))
                .as(guest.console())
                .contains("mounts 0")
                .noneMatch(line -> line.startsWith("left ") || line.startsWith("missing "));
    }

    @Test
    void nothingIsLeftInTheTree() {
        assertThat(guest.said("guest")).as(guest.console()).contains("groups 0", "end");
    }
}
