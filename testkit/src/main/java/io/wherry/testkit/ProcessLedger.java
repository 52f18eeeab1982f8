package io.wherry.testkit;

import io.wherry.testkit.LedgerEntry.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Our processes, and the namespaces that they hold. */
final class ProcessLedger {
    /** What /proc/PID/stat says: parent, state as one letter, start in clock ticks since boot. */
    record Stat(long pid, long parent, String state, long start) {}

    private final List<Stat> ours;

    private ProcessLedger(List<Stat> ours) {
        this.ours = ours;
    }

    static ProcessLedger read() {
        Map<Long, Stat> all = new HashMap<>();
        for (Path folder : Proc.list(Path.of("/proc"))) {
            String name = folder.getFileName().toString();
            if (Character.isDigit(name.charAt(0))) {
                stat(folder).ifPresent(process -> all.put(process.pid(), process));
            }
        }
        Set<Long> aboveUs = new HashSet<>();
        Set<Long> anchors = new HashSet<>();
        long self = ProcessHandle.current().pid();
        anchors.add(self);
        for (Stat at = all.get(self); at != null && aboveUs.add(at.pid()); at = all.get(at.parent())) {
            if (program(at.pid()).equals("subreaper")) {
                anchors.add(at.pid());
            }
        }
        List<Stat> ours = new ArrayList<>();
        for (Stat process : all.values()) {
            if (!aboveUs.contains(process.pid()) && (descends(process, anchors, all) || isStray(process, all))) {
                ours.add(process);
            }
        }
        return new ProcessLedger(ours);
    }

    List<Stat> ours() {
        return ours;
    }

    void collect(List<LedgerEntry> to) {
        for (Stat process : ours) {
            String detail = process.state() + " parent " + process.parent() + " " + commandLine(process.pid());
            to.add(new LedgerEntry(Kind.PROCESS, process.pid() + "@" + process.start(), detail));
            Path folder = Path.of("/proc/" + process.pid());
            for (Path namespace : Proc.list(folder.resolve("ns"))) {
                add(to, namespace, "of process " + process.pid());
            }
            for (Path descriptor : Proc.list(folder.resolve("fd"))) {
                add(to, descriptor, "open in process " + process.pid());
            }
        }
        for (Path namespace : Proc.list(Path.of("/proc/self/ns"))) {
            add(to, namespace, "of the test");
        }
        for (Path descriptor : Proc.list(Path.of("/proc/self/fd"))) {
            add(to, descriptor, "open in the test");
        }
    }

    /** Adds what a link leads to if that is a namespace: {@code net:[4026531833]}. */
    private static void add(List<LedgerEntry> to, Path link, String holder) {
        Optional<String> target = Proc.link(link);
        if (target.isPresent() && target.get().endsWith("]") && isNamespace(target.get())) {
            to.add(new LedgerEntry(Kind.NAMESPACE, target.get(), holder));
        }
    }

    private static boolean isNamespace(String target) {
        return switch (target.substring(0, Math.max(0, target.indexOf(":[")))) {
            case "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" -> true;
            default -> false;
        };
    }

    private static boolean descends(Stat process, Set<Long> anchors, Map<Long, Stat> all) {
        Stat at = process;
        for (int depth = 0; at != null && depth < 1000; depth++) {
            if (anchors.contains(at.parent())) {
                return true;
            }
            at = all.get(at.parent());
        }
        return false;
    }

    /** One of the engine's that is nobody's child any more; with a living parent outside it belongs to somebody else's work. */
    private static boolean isStray(Stat process, Map<Long, Stat> all) {
        if (!isWherry(process.pid())) {
            return false;
        }
        Stat top = process;
        for (Stat at = process; at != null && isWherry(at.pid()); at = all.get(at.parent())) {
            top = at;
        }
        return top.parent() <= 1;
    }

    private static boolean isWherry(long pid) {
        Path folder = Path.of("/proc/" + pid);
        String program = program(pid);
        return program.equals("wherry")
                || program.startsWith("memfd:wherry")
                || program.startsWith("memfd:pilot")
                || Proc.text(folder.resolve("cgroup")).orElse("").contains("wherry");
    }

    /** The last part of the program's path, without the mark of a file that was removed. */
    private static String program(long pid) {
        String path = Proc.link(Path.of("/proc/" + pid + "/exe")).orElse("");
        if (path.isEmpty() && commandLine(pid).startsWith("wherry-pilot")) {
            return "wherry"; // it lets its own user not look in
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.endsWith(" (deleted)") ? name.substring(0, name.length() - " (deleted)".length()) : name;
    }

    private static String commandLine(long pid) {
        Path folder = Path.of("/proc/" + pid);
        String words = Proc.text(folder.resolve("cmdline"))
                .orElse("")
                .replace('\0', ' ')
                .strip();
        String shown =
                words.isEmpty() ? Proc.text(folder.resolve("comm")).orElse("?").strip() : words;
        return shown.length() > 200 ? shown.substring(0, 200) + "…" : shown;
    }

    /** proc_pid_stat(5): the name in parentheses may hold anything, so fields count from the last parenthesis. */
    private static Optional<Stat> stat(Path folder) {
        String text = Proc.text(folder.resolve("stat")).orElse("");
        int afterName = text.lastIndexOf(')');
        if (afterName < 0) {
            return Optional.empty();
        }
        String[] fields = text.substring(afterName + 2).split(" ");
        long pid = Long.parseLong(text.substring(0, text.indexOf(' ')));
        return Optional.of(new Stat(pid, Long.parseLong(fields[1]), fields[0], Long.parseLong(fields[19])));
    }
}
