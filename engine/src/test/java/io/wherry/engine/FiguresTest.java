package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @Test
    void endedContainerHasNoFigures() {
        yard.engine().run(yard.spec("ended", "/bin/sh", "-c", "exit 0").build());
        yard.launcher().last().await();
        assertThat(yard.engine().stats("ended")).isEqualTo(Optional.empty());
        assertThatThrownBy(() -> yard.engine().processes("ended")).hasMessageContaining("it is exited");
    }
}
