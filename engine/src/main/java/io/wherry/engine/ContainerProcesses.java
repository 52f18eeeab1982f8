package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.WherryException;
import io.wherry.runtime.pilot.ControlGroups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which processes are a container's: those in its control group and below. Where a user has none, its first process, what that one's monitor inherited, the programs executed in it, and
 * all their descendants.
 */
final class ContainerProcesses {
    private static final int DEEPEST = 32;

    private final ContainerFiles files;
    private final HostFacts facts;

    ContainerProcesses(ContainerFiles files, HostFacts facts) {
        this.files = files;
        this.facts = facts;
    }

    /** {@return the container's first process, if it is still the one that was written down} */
    Optional<ProcessFolder> first(ContainerId id) {
        return recorded(files.volatileFolder(id));
    }

    /** The process in a record `started` of this boot. */
    private Optional<ProcessFolder> recorded(Path folder) {
        KeyValues started =
                KeyValues.parse(StateFile.read(folder.resolve("started")).orElse(new byte[0]));
        boolean ours = started.text("boot").equals(facts.bootId());
        return ours ? ProcessFolder.open(started.number("pid", 0), started.number("start", -1)) : Optional.empty();
    }

    /** {@return their numbers, ascending; none if the container does not run} */
    Set<Long> pids(ContainerId id) {
        Optional<ProcessFolder> first = first(id);
        if (first.isEmpty()) {
            return Set.of();
        }
        try (ProcessFolder process = first.get()) {
            for (String group : new ControlGroups(facts.cgroups(), id.text()).all()) {
                Set<Long> members = members(Path.of(group));
                if (!members.isEmpty()) {
                    return members;
                }
            }
            return process.stat().map(stat -> descendants(id, stat)).orElse(Set.of());
        }
    }

    /** All in a group and below; a container may have made groups of its own. */
    private static Set<Long> members(Path group) {
        Set<Long> pids = new TreeSet<>();
        if (!Files.isDirectory(group)) {
            return pids;
        }
        try (Stream<Path> folders =
                Files.find(group, DEEPEST, (path, attributes) -> attributes.isDirectory(), new FileVisitOption[0])) {
            folders.forEach(folder -> add(pids, folder.resolve("cgroup.procs")));
        } catch (IOException | UncheckedIOException e) {
            // a group that was removed meanwhile has no processes
        }
        return pids;
    }

    private static void add(Set<Long> pids, Path file) {
        for (String line : KernelText.read(file).orElse("").split("\n")) {
            if (!line.isEmpty() && !line.equals("0")) { // 0 is one outside of our pid namespace
                pids.add(Long.parseLong(line));
            }
        }
    }

    private Set<Long> descendants(ContainerId id, ProcessStat first) {
        Map<Long, List<Long>> children = children();
        Set<Long> found = new TreeSet<>();
        gather(first.pid(), children, found);
        for (long orphan : children.getOrDefault(first.parent(), List.of())) {
            gather(orphan, children, found); // the monitor takes over what lost its parent
        }
        for (long pid : executed(id)) {
            gather(pid, children, found);
        }
        return found;
    }

    private static void gather(long pid, Map<Long, List<Long>> children, Set<Long> found) {
        if (found.add(pid)) {
            for (long child : children.getOrDefault(pid, List.of())) {
                gather(child, children, found);
            }
        }
    }

    private static Map<Long, List<Long>> children() {
        Map<Long, List<Long>> children = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                Optional<String> line = KernelText.read(process.resolve("stat"));
                if (line.isPresent()) {
                    ProcessStat stat = ProcessStat.parse(line.get());
                    children.computeIfAbsent(stat.parent(), parent -> new ArrayList<>())
                            .add(stat.pid());
                }
            }
        } catch (IOException e) {
            throw StateFile.failed("list", Path.of("/proc"), e);
        }
        return children;
    }

    /** What was executed in it has a folder of its own each. */
    private List<Long> executed(ContainerId id) {
        List<Long> pids = new ArrayList<>();
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(files.volatileFolder(id).resolve("x"))) {
            for (Path folder : folders) {
                Optional<ProcessFolder> process = recorded(folder);
                if (process.isPresent()) {
                    try (ProcessFolder open = process.get()) {
                        open.stat().ifPresent(stat -> pids.add(stat.pid()));
                    }
                }
            }
        } catch (IOException e) {
            return pids; // nothing was executed in it yet
        }
        return pids;
    }

    /** {@return them, as they are; who ends while this reads is left out} */
    List<ContainerProcess> list(ContainerId id) {
        long boot = KernelText.read(Path.of("/proc/stat"))
                .map(text -> KernelText.number(text, "btime").orElse(0))
                .orElse(0L);
        long now = System.currentTimeMillis() / 1000;
        List<ContainerProcess> list = new ArrayList<>();
        for (long pid : pids(id)) {
            Optional<ProcessFolder> folder = ProcessFolder.open(pid);
            if (folder.isPresent()) {
                try (ProcessFolder process = folder.get()) {
                    process.stat().ifPresent(stat -> list.add(process(process, stat, boot, now)));
                }
            }
        }
        return list;
    }

    /**
     * {@return the same of a container that has some}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it neither runs nor is paused
     */
    List<ContainerProcess> listed(ContainerId id) {
        Container container = files.read(id);
        List<ContainerProcess> list = list(id);
        if (list.isEmpty()) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The container `" + container.name() + "` has no processes: it is "
                            + container.status().word() + ".");
        }
        return list;
    }

    private static ContainerProcess process(ProcessFolder folder, ProcessStat stat, long boot, long now) {
        long started = boot + stat.start() / ProcessStat.TICKS_PER_SECOND;
        String words = folder.text("cmdline").orElse("").replace('\0', ' ').strip();
        return new ContainerProcess(
                stat.pid(),
                stat.parent(),
                effectiveUser(folder.text("status").orElse("")),
                stat.terminal(),
                started,
                Math.max(0, now - started),
                stat.time() * 1000 / ProcessStat.TICKS_PER_SECOND,
                words.isEmpty() ? "[" + stat.name() + "]" : words);
    }

    /** The second of four: real, effective, saved, of the file system. */
    private static long effectiveUser(String status) {
        for (String line : status.split("\n")) {
            if (line.startsWith("Uid:")) {
                return Long.parseLong(line.split("\t")[2]);
            }
        }
        return 0;
    }

    /** {@return the sum of a number of each process; empty if it can be read of none} */
    static OptionalLong sum(Set<Long> pids, Figure figure) {
        boolean any = false;
        long sum = 0;
        for (long pid : pids) {
            Optional<ProcessFolder> folder = ProcessFolder.open(pid);
            if (folder.isPresent()) {
                try (ProcessFolder process = folder.get()) {
                    OptionalLong value = figure.of(process);
                    any |= value.isPresent();
                    sum += value.orElse(0);
                }
            }
        }
        return any ? OptionalLong.of(sum) : OptionalLong.empty();
    }

    /** A number of a process. */
    interface Figure {
        OptionalLong of(ProcessFolder process);
    }
}
