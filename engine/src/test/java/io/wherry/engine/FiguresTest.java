package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which processes are a container's, and what it uses; for whoever runs the test, with control groups or without. */
@Tag("user")
class FiguresTest {
    private static Yard yard;

    @BeforeAll
    static void open() {
        yard = new Yard();
    }

    @AfterEach
    void nothingRuns() {
        for (Container container : yard.engine().containers()) {
            yard.engine().remove(container.id(), true);
        }
    }

    @AfterAll
    static void close() {
        yard.close();
    }

    private static Container start(String name, String script) throws InterruptedException {
        yard.engine().run(yard.spec(name, "/bin/sh", "-c", script).build());
        HostedLauncher.Start start = yard.launcher().last();
        long end = System.nanoTime() + 10_000_000_000L;
        while (!start.out().contains("up")) {
            assertThat(System.nanoTime()).as("it does not run; %s", start.err()).isLessThan(end);
            Thread.sleep(5);
        }
        return yard.engine().container(name);
    }

    @Test
    void processesAreTheContainersWithChildrenAndOrphansAndNobodyElses() throws InterruptedException {
        start("other", "echo up; exec sleep 601");
        Container container = start("box", "(sleep 602 & sleep 603 &); sleep 604 & echo up; exec sleep 605");
        List<ContainerProcess> processes = yard.engine().processes("box");
        for (int i = 0;
                i < 500 && processes.stream().anyMatch(each -> each.command().startsWith("/bin/sh"));
                i++) {
            Thread.sleep(10); // a child of the shell that has not become its command yet
            processes = yard.engine().processes("box");
        }
        assertThat(processes)
                .extracting(ContainerProcess::command)
                .containsExactlyInAnyOrder("sleep 602", "sleep 603", "sleep 604", "sleep 605");
        ContainerProcess first = processes.stream()
                .filter(process -> process.pid() == container.pid().orElseThrow())
                .findAny()
                .orElseThrow();
        assertThat(first.command()).isEqualTo("sleep 605");
        assertThat(first.age()).isBetween(0L, 60L);
        assertThat(processes)
                .filteredOn(process -> process.parent() == first.pid())
                .isNotEmpty();
    }

    @Test
    void busyContainerUsesProcessorTimeAndAnIdleOneNone() throws InterruptedException {
        start("busy", "echo up; while :; do :; done");
        start("idle", "echo up; exec sleep 600");
        ContainerStats busy = yard.engine().stats("busy").orElseThrow();
        ContainerStats idle = yard.engine().stats("idle").orElseThrow();
        Thread.sleep(400);
        assertThat(yard.engine().stats("busy").orElseThrow().processorPercent(busy))
                .isBetween(5.0, 110.0);
        assertThat(yard.engine().stats("idle").orElseThrow().processorPercent(idle))
                .isLessThan(3.0);
        assertThat(idle.memory()).isBetween(16L << 10, 16L << 20);
        assertThat(idle.processes()).isEqualTo(1);
        boolean counted = yard.facts().root();
        assertThat(idle.memoryFromProc()).isEqualTo(!counted);
        if (counted) {
            assertThat(idle.memoryLimit()).isEqualTo(256L << 20);
        } else {
            assertThat(idle.memoryLimit()).isGreaterThan(256L << 20);
        }
    }

    /** As if the number of the container's first process were somebody else's now: it started at another time, or before this boot. */
    @Test
    void strangersNumberIsNotTrusted() throws InterruptedException, IOException {
        Container container = start("box", "echo up; exec sleep 600");
        Path started = yard.state().resolve("volatile/c/" + container.id().substring(0, 12) + "/started");
        byte[] record = Files.readAllBytes(started);
        String text = new String(record, StandardCharsets.US_ASCII);
        long start = KeyValues.parse(record).number("start", 0);
        for (String changed :
                List.of(text.replace("start " + start, "start " + (start - 1)), text.replace("boot ", "boot 0"))) {
            assertThat(changed).isNotEqualTo(text);
            Files.writeString(started, changed);
            assertThat(yard.engine().stats("box")).isEqualTo(Optional.empty());
            assertThatThrownBy(() -> yard.engine().processes("box"))
                    .isInstanceOf(WherryException.class)
                    .hasMessageContaining("has no processes");
        }
        Files.write(started, record);
        assertThat(yard.engine().processes("box")).hasSize(1);
    }

    /** The files of either version as the kernel words them (cgroup-v1/memory.rst, cgroup-v2.rst), in folders of this test. */
    @Test
    void figuresComeFromWhateverGroupsCount() throws InterruptedException, IOException {
        Container container = start("box", "echo up; exec sleep 600");
        ContainerId id = new ContainerId(container.id());
        String pid = container.pid().orElseThrow() + "\n";
        Path groups = yard.folder().resolve("groups");
        write(groups, "unified", id, "cgroup.procs", pid);
        write(groups, "unified", id, "cpu.stat", "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\n");
        write(groups, "unified", id, "memory.current", "5000000\n");
        write(groups, "unified", id, "memory.stat", "anon 4000000\ninactive_file 1000000\n");
        write(groups, "unified", id, "memory.max", "max\n");
        write(groups, "unified", id, "pids.current", "3\n");
        write(groups, "unified", id, "io.stat", "8:0 rbytes=100 wbytes=200 rios=1\n8:16 rbytes=11 wbytes=22\n");
        ContainerStats two = read(id, new CgroupLayout(List.of(), Optional.of(groups + "/unified"), "memory"));
        assertThat(two.processor()).isEqualTo(1_500_000_000L);
        assertThat(two.memory()).isEqualTo(4_000_000);
        assertThat(two.memoryLimit()).isGreaterThan(100L << 20); // no limit: the host's memory
        assertThat(two.processes()).isEqualTo(3);
        assertThat(two.read()).hasValue(111);
        assertThat(two.written()).hasValue(222);
        assertThat(two.processorFromProc() || two.memoryFromProc()).isFalse();

        write(groups, "memory", id, "memory.usage_in_bytes", "7000000\n");
        write(groups, "memory", id, "memory.stat", "inactive_file 1\ntotal_inactive_file 2000000\n");
        write(groups, "memory", id, "memory.limit_in_bytes", "67108864\n");
        write(groups, "memory", id, "cgroup.procs", pid);
        write(groups, "cpu,cpuacct", id, "cpuacct.usage", "2500000000\n");
        ContainerStats one = read(
                id,
                new CgroupLayout(
                        List.of(
                                new CgroupLayout.Hierarchy("memory", groups + "/memory"),
                                new CgroupLayout.Hierarchy("cpu,cpuacct", groups + "/cpu,cpuacct"),
                                new CgroupLayout.Hierarchy("pids", groups + "/pids")),
                        Optional.empty(),
                        ""));
        assertThat(one.processor()).isEqualTo(2_500_000_000L);
        assertThat(one.memory()).isEqualTo(5_000_000);
        assertThat(one.memoryLimit()).isEqualTo(64L << 20);
        assertThat(one.processes()).isEqualTo(1); // there is no group for them, so they are counted

        ContainerStats none = read(id, CgroupLayout.NONE);
        assertThat(none.processorFromProc() && none.memoryFromProc()).isTrue();
        assertThat(none.memory()).isBetween(16L << 10, 16L << 20);
        assertThat(none.processes()).isEqualTo(1);
    }

    private static void write(Path groups, String hierarchy, ContainerId id, String file, String text)
            throws IOException {
        Path group = groups.resolve(hierarchy).resolve("wherry").resolve(id.text());
        Files.createDirectories(group);
        Files.writeString(group.resolve(file), text);
    }

    /** As if the host had these groups. */
    private static ContainerStats read(ContainerId id, CgroupLayout layout) {
        HostFacts now = yard.facts();
        HostFacts facts = new HostFacts(
                now.bootId(),
                now.kernel(),
                now.privilege(),
                now.capabilities(),
                now.lastCapability(),
                layout,
                now.cpus(),
                now.cpuset(),
                now.memset(),
                now.features(),
                now.nofile());
        StateRoot root = new StateRoot(yard.state(), yard.state().resolve("volatile"));
        ContainerFiles files = new ContainerFiles(root, now.bootId());
        return new StatsReader(new ContainerProcesses(files, facts), facts)
                .read(id, files.record(id).spec())
                .orElseThrow();
    }

    @Test
    void endedContainerHasNoFigures() {
        yard.engine().run(yard.spec("ended", "/bin/sh", "-c", "exit 0").build());
        yard.launcher().last().await();
        assertThat(yard.engine().stats("ended")).isEqualTo(Optional.empty());
        assertThatThrownBy(() -> yard.engine().processes("ended")).hasMessageContaining("it is exited");
    }
}
