package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.runtime.pilot.ControlGroups;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads what a container uses: from its control groups of either version, and where they do not count it from {@code /proc}. A file that is missing means that its controller is not in use there.
 */
final class StatsReader {
    private static final long PAGE = 4096;
    private static final long KIBIBYTE = 1024;
    private static final long NANOS_PER_TICK = 1_000_000_000 / ProcessStat.TICKS_PER_SECOND;

    private final ContainerProcesses processes;
    private final HostFacts facts;

    StatsReader(ContainerProcesses processes, HostFacts facts) {
        this.processes = processes;
        this.facts = facts;
    }

    /** {@return the figures; empty if the container does not run} */
    Optional<ContainerStats> read(ContainerId id, ContainerSpec spec) {
        Optional<ProcessFolder> first = processes.first(id);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        try (ProcessFolder process = first.get()) {
            Groups groups = new Groups(new ControlGroups(facts.cgroups(), id.text()));
            Set<Long> pids = processes.pids(id);
            OptionalLong time = groups.processor();
            OptionalLong memory = groups.memory();
            boolean host = spec.network().orElse("").equals("host");
            Optional<String> network = host ? Optional.empty() : process.text("net/dev");
            Optional<String> io = groups.io();
            return Optional.of(new ContainerStats(
                    System.nanoTime(),
                    time.isPresent() ? time.getAsLong() : processor(pids),
                    memory.isPresent() ? memory.getAsLong() : memory(pids),
                    Math.min(groups.memoryLimit().orElse(Long.MAX_VALUE), hostMemory()),
                    network.isEmpty() ? OptionalLong.empty() : column(network.get(), 1),
                    network.isEmpty() ? OptionalLong.empty() : column(network.get(), 9),
                    io.isPresent() ? field(io.get(), "rbytes=") : io(pids, "read_bytes"),
                    io.isPresent() ? field(io.get(), "wbytes=") : io(pids, "write_bytes"),
                    groups.processes().orElse(threads(pids)),
                    time.isEmpty(),
                    memory.isEmpty()));
        }
    }

    /** With the time of children that were waited for: the container's first process waits for orphans, so little is lost. */
    private static long processor(Set<Long> pids) {
        return ContainerProcesses.sum(
                        pids,
                        process -> number(
                                process.stat().map(stat -> (stat.time() + stat.childrenTime()) * NANOS_PER_TICK)))
                .orElse(0);
    }

    /** What several processes share is counted once, where this caller may know it. */
    private static long memory(Set<Long> pids) {
        return ContainerProcesses.sum(pids, process -> {
                    OptionalLong share =
                            KernelText.number(process.text("smaps_rollup").orElse(""), "Pss:");
                    if (share.isPresent()) {
                        return OptionalLong.of(share.getAsLong() * KIBIBYTE);
                    }
                    String[] pages = process.text("statm").orElse("").split(" ");
                    return pages.length < 2 ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(pages[1]) * PAGE);
                })
                .orElse(0);
    }

    private static long threads(Set<Long> pids) {
        return ContainerProcesses.sum(pids, process -> number(process.stat().map(ProcessStat::threads)))
                .orElse(0);
    }

    private static OptionalLong io(Set<Long> pids, String key) {
        return ContainerProcesses.sum(
                pids, process -> KernelText.number(process.text("io").orElse(""), key));
    }

    private static OptionalLong number(Optional<Long> value) {
        return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
    }

    private static long hostMemory() {
        String text = KernelText.read(Path.of("/proc/meminfo")).orElse("");
        return KernelText.number(text, "MemTotal").orElse(0) * KIBIBYTE;
    }

    /** The sum of a column of {@code /proc/net/dev} behind the name of each interface, which ends in a colon; the loopback does not count. */
    private static OptionalLong column(String text, int number) {
        long sum = 0;
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.substring(0, colon).strip().equals("lo")) {
                String[] columns = line.substring(colon + 1).strip().split(" +");
                sum += columns.length >= number ? Long.parseLong(columns[number - 1]) : 0;
            }
        }
        return OptionalLong.of(sum);
    }

    /** The sum of a field of {@code io.stat} over all devices. */
    private static OptionalLong field(String text, String key) {
        long sum = 0;
        for (String word : text.split("[ \n]")) {
            sum += word.startsWith(key) ? Long.parseLong(word.substring(key.length())) : 0;
        }
        return OptionalLong.of(sum);
    }

    /** A container's groups, of which any may be missing. */
    private record Groups(ControlGroups groups) {
        /** The version 2 group counts time also where the controller is elsewhere. */
        OptionalLong processor() {
            Optional<String> stat = unified("cpu.stat");
            if (stat.isPresent()) {
                OptionalLong micros = KernelText.number(stat.get(), "usage_usec");
                return micros.isPresent() ? OptionalLong.of(micros.getAsLong() * 1000) : micros;
            }
            return old("cpuacct", "cpuacct.usage").map(KernelText::number).orElse(OptionalLong.empty());
        }

        OptionalLong memory() {
            OptionalLong old =
                    held(old("memory", "memory.usage_in_bytes"), old("memory", "memory.stat"), "total_inactive_file");
            return old.isPresent() ? old : held(path("memory.current"), path("memory.stat"), "inactive_file");
        }

        private static OptionalLong held(Optional<Path> usage, Optional<Path> stat, String cache) {
            OptionalLong all = usage.map(KernelText::number).orElse(OptionalLong.empty());
            if (all.isEmpty()) {
                return all;
            }
            String text = stat.flatMap(KernelText::read).orElse("");
            return OptionalLong.of(
                    Math.max(0, all.getAsLong() - KernelText.number(text, cache).orElse(0)));
        }

        OptionalLong memoryLimit() {
            OptionalLong old = old("memory", "memory.limit_in_bytes")
                    .map(KernelText::number)
                    .orElse(OptionalLong.empty());
            return old.isPresent()
                    ? old
                    : path("memory.max").map(KernelText::number).orElse(OptionalLong.empty());
        }

        OptionalLong processes() {
            OptionalLong old =
                    old("pids", "pids.current").map(KernelText::number).orElse(OptionalLong.empty());
            return old.isPresent()
                    ? old
                    : path("pids.current").map(KernelText::number).orElse(OptionalLong.empty());
        }

        Optional<String> io() {
            return unified("io.stat");
        }

        private Optional<String> unified(String file) {
            return path(file).flatMap(KernelText::read);
        }

        private Optional<Path> path(String file) {
            return groups.unified().map(folder -> Path.of(folder, file));
        }

        private Optional<Path> old(String controller, String file) {
            return groups.hierarchy(controller).map(folder -> Path.of(folder, file));
        }
    }
}
