package io.wherry.engine;

import io.wherry.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is left of one container: processes, control groups, mounts, files. The ledger of a whole class sees more; this says at which of a thousand
 * points something stayed, and is cheap enough to ask there.
 */
final class Remains {
    private Remains() {}

    /** {@return one line for each thing that an ended container may not have} */
    static List<String> of(String id, Path root) {
        List<String> remains = new ArrayList<>(processes(id, root));
        for (Path hierarchy : list(Path.of("/sys/fs/cgroup"))) {
            addIfThere(remains, "cgroup", hierarchy.resolve("wherry").resolve(id));
        }
        addIfThere(remains, "cgroup", Path.of("/sys/fs/cgroup/wherry", id));
        addIfThere(remains, "cgroup", Path.of("/sys/fs/cgroup/wherry", id + ".shim"));
        addIfThere(remains, "cgroup", Path.of("/sys/fs/cgroup/unified/wherry", id + ".shim"));
        String shim = root.resolve("volatile/c").resolve(id.substring(0, 12)).resolve("e") + "/wherry/" + id;
        addIfThere(
                remains,
                "socket",
                Path.of("/run/containerd/s", Digest.sha256(shim).hex()));
        addIfThere(remains, "state of runc", Path.of("/run/containerd/runc/wherry", id));
        for (String line : text(Path.of("/proc/self/mountinfo")).split("\n")) {
            if (line.contains(root.toString())) {
                remains.add("mount " + line);
            }
        }
        addIfThere(remains, "file", root.resolve("containers").resolve(id).resolve("intent"));
        addIfThere(remains, "file", root.resolve("volatile/c").resolve(id.substring(0, 12)));
        addIfThere(remains, "folder", root.resolve("containers/.new-" + id));
        for (Path left : list(root.resolve("trash"))) {
            remains.add("file " + left);
        }
        return remains;
    }

    /** {@return one line for each thing that a removed container may not have} */
    static List<String> ofRemoved(String id, String name, Path root) {
        List<String> remains = of(id, root);
        addIfThere(remains, "folder", root.resolve("containers").resolve(id));
        addIfThere(remains, "lock", root.resolve("locks").resolve(id));
        addIfThere(remains, "name", root.resolve("names").resolve(name));
        return remains;
    }

    /** {@return our processes of a container: those inside by their environment, those outside by what they hold open} */
    static List<String> processes(String id, Path root) {
        List<String> found = new ArrayList<>();
        for (long pid : pids(id, root)) {
            found.add("process " + pid + " "
                    + text(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ') + " "
                    + text(Path.of("/proc/" + pid + "/stat")));
        }
        return found;
    }

    /** {@return pids of a container's processes, monitor and pilot included; zombies not, since whoever adopts them reaps them} */
    static List<Long> pids(String id, Path root) {
        List<Long> pids = new ArrayList<>();
        for (Path process : list(Path.of("/proc"))) {
            String name = process.getFileName().toString();
            boolean other = Character.isDigit(name.charAt(0))
                    && Long.parseLong(name) != ProcessHandle.current().pid();
            if (other && belongs(process, id, root) && !state(process).equals("Z")) {
                pids.add(Long.parseLong(name));
            }
        }
        return pids;
    }

    /** {@return whether a process is there and no zombie} */
    static boolean isAlive(long pid) {
        Path process = Path.of("/proc/" + pid);
        return Files.exists(process)
                && !state(process).equals("Z")
                && !state(process).isEmpty();
    }

    private static boolean belongs(Path process, String id, Path root) {
        String environment = text(process.resolve("environ"));
        if (environment.contains("HOSTNAME=" + id.substring(0, 12))) {
            return true;
        }
        if (text(process.resolve("cmdline")).contains("-id\0" + id)) { // its shim
            return true;
        }
        for (Path descriptor : list(process.resolve("fd"))) {
            String target = link(descriptor);
            if (target.startsWith(root + "/") && target.contains(id.substring(0, 12))) {
                return true;
            }
        }
        return isHiddenPilot(process);
    }

    /** A pilot, monitor or first process that lets its own user not look in: one of this test's, if a parent of it is one of ours (the subreaper is). */
    private static boolean isHiddenPilot(Path process) {
        if (!text(process.resolve("cmdline")).startsWith("wherry-pilot\0") || Files.isReadable(process.resolve("fd"))) {
            return false;
        }
        List<Long> ours = new ArrayList<>();
        for (long pid = ProcessHandle.current().pid(); pid > 1; pid = parent(pid)) {
            ours.add(pid);
        }
        long at = Long.parseLong(process.getFileName().toString());
        while (at > 1 && !ours.contains(at)) {
            at = parent(at);
        }
        return at > 1;
    }

    private static long parent(long pid) {
        String stat = text(Path.of("/proc/" + pid + "/stat"));
        int end = stat.lastIndexOf(')');
        return end < 0 ? 0 : Long.parseLong(stat.substring(end + 4).split(" ", 2)[0]);
    }

    private static String state(Path process) {
        String stat = text(process.resolve("stat"));
        int end = stat.lastIndexOf(')');
        return end < 0 ? "Z" : stat.substring(end + 2, end + 3);
    }

    private static void addIfThere(List<String> to, String what, Path path) {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            to.add(what + " " + path);
        }
    }

    private static List<Path> list(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            return entries; // gone, or somebody else's
        }
        return entries;
    }

    private static String link(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
