package io.wherry.testkit;

import io.wherry.testkit.LedgerEntry.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Files below the scope's roots and with our name in shared places; loop devices, System V objects, settings. */
final class FileLedger {
    private static final List<String> SETTINGS = List.of(
            "kernel/core_pattern",
            "kernel/hostname",
            "net/ipv4/ip_forward",
            "net/ipv4/conf/all/forwarding",
            "net/ipv6/conf/all/forwarding",
            "net/bridge/bridge-nf-call-iptables");

    private FileLedger() {}

    static void collect(List<LedgerEntry> to, LedgerScope scope) {
        for (Path root : scope.roots()) {
            tree(to, root);
        }
        for (Path place : sharedPlaces()) {
            for (Path entry : Proc.list(place)) {
                if (entry.getFileName().toString().contains("wherry")) {
                    to.add(new LedgerEntry(Kind.FILE, entry.toString(), ""));
                }
            }
        }
        for (Path device : Proc.list(Path.of("/sys/block"))) {
            Proc.text(device.resolve("loop/backing_file")).ifPresent(file -> {
                to.add(new LedgerEntry(Kind.LOOP_DEVICE, device.getFileName() + " " + file.strip(), ""));
            });
        }
        for (String kind : List.of("shm", "sem", "msg")) {
            List<String> lines = Proc.lines(Path.of("/proc/sysvipc/" + kind));
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] columns = line.strip().split("\\s+");
                to.add(new LedgerEntry(Kind.SYSV_IPC, kind + " key " + columns[0] + " id " + columns[1], ""));
            }
        }
        for (String setting : SETTINGS) {
            Proc.text(Path.of("/proc/sys/" + setting)).ifPresent(value -> {
                to.add(new LedgerEntry(Kind.SYSCTL, setting + " = " + value.strip(), ""));
            });
        }
    }

    private static List<Path> sharedPlaces() {
        List<Path> places = new ArrayList<>(List.of(
                Path.of("/tmp"),
                Path.of("/run"),
                Path.of("/run/netns"),
                Path.of("/dev/shm"),
                Path.of("/var/lib"),
                Path.of("/var/tmp")));
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null) {
            places.add(Path.of(runtime));
        }
        return places;
    }

    private static void tree(List<LedgerEntry> to, Path root) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    to.add(new LedgerEntry(Kind.FILE, folder + "/", ""));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    to.add(new LedgerEntry(Kind.FILE, file.toString(), attributes.size() + " bytes"));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    to.add(new LedgerEntry(Kind.FILE, file.toString(), e.toString()));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
