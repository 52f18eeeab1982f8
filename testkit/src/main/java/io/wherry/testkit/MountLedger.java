package io.wherry.testkit;

import io.wherry.testkit.LedgerEntry.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Mounts, in our mount namespace and in those of our processes; and through them the cgroups of every hierarchy. */
final class MountLedger {
    private MountLedger() {}

    /** One line of proc_pid_mountinfo(5); names as the kernel escapes them. */
    private record Mount(String root, String point, String options, String type, String source) {
        static Mount parse(String line) {
            String[] fields = line.split(" ");
            int separator = 6;
            while (!fields[separator].equals("-")) {
                separator++;
            }
            return new Mount(fields[3], fields[4], fields[5], fields[separator + 1], fields[separator + 2]);
        }
    }

    static void collect(List<LedgerEntry> to, ProcessLedger processes) {
        Set<String> seen = new HashSet<>();
        String own = Proc.link(Path.of("/proc/self/ns/mnt")).orElse("");
        seen.add(own);
        Set<String> hierarchies = new HashSet<>();
        for (Mount mount : mounts(to, Path.of("/proc/self/mountinfo"), "")) {
            if (mount.type().startsWith("cgroup") && hierarchies.add(mount.point())) {
                cgroups(to, Path.of(mount.point()));
            }
            if (mount.type().equals("nsfs")) {
                to.add(new LedgerEntry(Kind.NAMESPACE, mount.root(), "mounted on " + mount.point()));
            }
        }
        for (ProcessLedger.Stat process : processes.ours()) {
            Path folder = Path.of("/proc/" + process.pid());
            Optional<String> namespace = Proc.link(folder.resolve("ns/mnt"));
            if (namespace.isPresent() && seen.add(namespace.get())) {
                mounts(to, folder.resolve("mountinfo"), namespace.get() + " ");
            }
        }
    }

    private static List<Mount> mounts(List<LedgerEntry> to, Path mountinfo, String prefix) {
        List<Mount> mounts = Proc.lines(mountinfo).stream().map(Mount::parse).toList();
        Map<String, Integer> times = new HashMap<>();
        for (Mount mount : mounts) {
            String name = prefix + mount.point() + " " + mount.type() + " " + mount.source() + " " + mount.root();
            int count = times.merge(name, 1, Integer::sum);
            to.add(new LedgerEntry(Kind.MOUNT, count == 1 ? name : name + " #" + count, mount.options()));
        }
        return mounts;
    }

    private static void cgroups(List<LedgerEntry> to, Path hierarchy) {
        try {
            Files.walkFileTree(hierarchy, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (!folder.equals(hierarchy)) {
                        to.add(new LedgerEntry(Kind.CGROUP, folder.toString(), members(folder)));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String members(Path folder) {
        return "processes " + String.join(" ", Proc.lines(folder.resolve("cgroup.procs")));
    }
}
