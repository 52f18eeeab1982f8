package io.wherry.kernel.host;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.step.IdRange;
import io.wherry.oci.WherryException;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds out the facts of this host: from /proc, /sys and /etc, and by asking the kernel. A few milliseconds; no effect. Stateless.
 *
 * <p>{@code pilot/caller.c} makes a word of what is read here; who adds a source adds it there.
 */
public final class HostProbe {
    private static final int FIRST_KERNEL_MAJOR = 5;
    private static final int FIRST_KERNEL_MINOR = 15;
    private static final int FIRST_PIECE = 1 << 12;
    private static final int LARGEST_FILE = 1 << 18;

    private HostProbe() {}

    /**
     * {@return the facts of this host for this process; the kernel is asked what it can by a program}
     *
     * @throws WherryException of kind UNSUPPORTED if the kernel is older than 5.15
     */
    public static HostFacts probe(Launcher launcher) {
        String kernel = release();
        Status status = Status.read();
        return facts(kernel, status, FeatureProbe.ask(launcher, status.systemRoot, status.seccomp));
    }

    /** {@return the same without asking the kernel what it can, which does not change while it runs} */
    public static HostFacts probe(Features features) {
        return facts(release(), Status.read(), features);
    }

    /** {@return this process's effective user id} */
    public static int uid() {
        return Status.read().uid;
    }

    /** {@return whether this process is system root: user 0, where every id is mapped to itself} */
    public static boolean systemRoot() {
        return Status.read().systemRoot;
    }

    private static String release() {
        String kernel = line("/proc/sys/kernel/osrelease");
        int dot = kernel.indexOf('.');
        int major = Integer.parseInt(kernel.substring(0, dot));
        int end = dot + 1;
        while (end < kernel.length() && Character.isDigit(kernel.charAt(end))) {
            end++;
        }
        int minor = Integer.parseInt(kernel.substring(dot + 1, end));
        if (major < FIRST_KERNEL_MAJOR || (major == FIRST_KERNEL_MAJOR && minor < FIRST_KERNEL_MINOR)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "This host runs Linux " + kernel + "; Wherry needs 5.15 or later.");
        }
        return kernel;
    }

    private static HostFacts facts(String kernel, Status status, Features features) {
        return new HostFacts(
                bootId(),
                kernel,
                status.systemRoot ? new Privilege.Root() : user(status),
                status.capabilities,
                Integer.parseInt(line("/proc/sys/kernel/cap_last_cap")),
                cgroups(status.systemRoot),
                lastOf(lineOr("/sys/devices/system/cpu/possible", "0")) + 1,
                lineOr("/sys/devices/system/cpu/online", "0"),
                lineOr("/sys/devices/system/node/online", "0"),
                features,
                openFiles());
    }

    /** {@return the identity of this boot} */
    public static String bootId() {
        return line("/proc/sys/kernel/random/boot_id");
    }

    private record Status(int uid, int gid, boolean systemRoot, long capabilities, boolean seccomp) {
        static Status read() {
            int uid = 0;
            int gid = 0;
            long capabilities = 0;
            boolean seccomp = false;
            for (String line : lines("/proc/self/status")) {
                if (line.startsWith("Uid:")) {
                    uid = Integer.parseInt(field(line, 2));
                } else if (line.startsWith("Gid:")) {
                    gid = Integer.parseInt(field(line, 2));
                } else if (line.startsWith("CapEff:")) {
                    capabilities = Long.parseUnsignedLong(field(line, 1), 16);
                } else if (line.startsWith("Seccomp:")) {
                    seccomp = true;
                }
            }
            return new Status(uid, gid, uid == 0 && identityMap(), capabilities, seccomp);
        }
    }

    private static boolean identityMap() {
        return field(line("/proc/self/uid_map").strip(), 0).equals("0")
                && field(line("/proc/self/uid_map").strip(), 1).equals("0")
                && field(line("/proc/self/uid_map").strip(), 2).equals("4294967295");
    }

    private static Privilege user(Status status) {
        Optional<String> newuidmap = helper("newuidmap");
        Optional<String> newgidmap = helper("newgidmap");
        if (newuidmap.isEmpty() || newgidmap.isEmpty()) {
            return new Privilege.Single(
                    status.uid,
                    status.gid,
                    "newuidmap is not installed; install the package `uidmap` for more than one id");
        }
        String name = userName(status.uid);
        List<IdRange> uids = ranges("/etc/subuid", name, status.uid);
        List<IdRange> gids = ranges("/etc/subgid", name, status.uid);
        if (uids.size() < 2 || gids.size() < 2) {
            return new Privilege.Single(
                    status.uid,
                    status.gid,
                    "/etc/subuid and /etc/subgid have no range for " + name
                            + "; `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + name
                            + "` gives one");
        }
        gids.set(0, new IdRange(0, status.gid, 1));
        return new Privilege.Ranges(status.uid, status.gid, uids, gids, newuidmap.get(), newgidmap.get());
    }

    private static List<IdRange> ranges(String file, String name, int uid) {
        List<IdRange> ranges = new ArrayList<>();
        ranges.add(new IdRange(0, uid, 1));
        long next = 1;
        for (String line : lines(file)) {
            String[] parts = line.strip().split(":");
            if (parts.length == 3
                    && (parts[0].equals(name) || parts[0].equals(Integer.toString(uid)))
                    && ranges.size() < 5) {
                long count = Long.parseLong(parts[2]);
                ranges.add(new IdRange(next, Long.parseLong(parts[1]), count));
                next += count;
            }
        }
        return ranges;
    }

    private static String userName(int uid) {
        for (String line : lines("/etc/passwd")) {
            String[] parts = line.split(":", 4);
            if (parts.length == 4 && parts[2].equals(Integer.toString(uid))) {
                return parts[0];
            }
        }
        return Integer.toString(uid);
    }

    private static Optional<String> helper(String name) {
        for (String folder : List.of("/usr/bin/", "/bin/", "/usr/local/bin/", "/usr/sbin/")) {
            if (new File(folder + name).canExecute()) {
                return Optional.of(folder + name);
            }
        }
        return Optional.empty();
    }

    private static CgroupLayout cgroups(boolean root) {
        List<CgroupLayout.Hierarchy> hierarchies = new ArrayList<>();
        String unified = "";
        for (String line : lines("/proc/self/mountinfo")) {
            int dash = line.indexOf(" - ");
            String type = field(line.substring(dash + 3), 0);
            String path = field(line, 4);
            if (type.equals("cgroup2")) {
                unified = path;
            } else if (type.equals("cgroup") && root && !line.contains("name=")) {
                String options = field(line.substring(dash + 3), 2);
                hierarchies.add(new CgroupLayout.Hierarchy(controllers(options), path));
            }
        }
        if (!root) {
            unified = delegated(unified);
        }
        if (unified.isEmpty() || !new File(unified).canWrite()) {
            return hierarchies.isEmpty() ? CgroupLayout.NONE : new CgroupLayout(hierarchies, Optional.empty(), "");
        }
        return new CgroupLayout(hierarchies, Optional.of(unified), lineOr(unified + "/cgroup.controllers", ""));
    }

    /** The folder that an ordinary user may use: the caller's own group's parent, where systemd delegated it. */
    private static String delegated(String unified) {
        if (unified.isEmpty()) {
            return "";
        }
        for (String line : lines("/proc/self/cgroup")) {
            if (line.startsWith("0::")) {
                String own = unified + line.substring(3);
                int slash = own.lastIndexOf('/');
                String parent = slash > unified.length() ? own.substring(0, slash) : "";
                return !parent.isEmpty() && new File(parent).canWrite() && new File(parent + "/cgroup.procs").canWrite()
                        ? parent
                        : "";
            }
        }
        return "";
    }

    private static String controllers(String options) {
        StringBuilder names = new StringBuilder();
        for (String option : options.split(",")) {
            if (!option.equals("rw") && !option.equals("ro") && !option.equals("xattr")) {
                names.append(names.isEmpty() ? "" : ",").append(option);
            }
        }
        return names.toString();
    }

    private static long openFiles() {
        for (String line : lines("/proc/self/limits")) {
            if (line.startsWith("Max open files")) {
                String hard = field(line.substring("Max open files".length()).strip(), 1);
                return hard.equals("unlimited") ? -1 : Long.parseLong(hard);
            }
        }
        return 1024;
    }

    private static int lastOf(String list) {
        int start = Math.max(list.lastIndexOf('-'), list.lastIndexOf(',')) + 1;
        return Integer.parseInt(list.substring(start));
    }

    private static String field(String line, int index) {
        int at = 0;
        for (int i = 0; ; i++) {
            while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == '\t')) {
                at++;
            }
            int end = at;
            while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '\t') {
                end++;
            }
            if (i == index) {
                return line.substring(at, end);
            }
            at = end;
        }
    }

    /** Reads in large pieces: the files of /proc/sys give a number only to a read that takes it whole. */
    private static String text(String path) {
        try (FileInputStream file = new FileInputStream(path)) {
            byte[] bytes = new byte[FIRST_PIECE];
            int length = 0;
            int read;
            while ((read = file.read(bytes, length, bytes.length - length)) > 0) {
                length += read;
                if (length == bytes.length && length < LARGEST_FILE) {
                    bytes = Arrays.copyOf(bytes, 4 * length);
                }
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        } catch (FileNotFoundException e) {
            return "";
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot read " + path + ", which tells what this host can do: " + e.getMessage() + ".");
        }
    }

    private static String[] lines(String path) {
        String text = text(path);
        return text.isEmpty() ? new String[0] : text.split("\n");
    }

    private static String line(String path) {
        return text(path).strip();
    }

    private static String lineOr(String path, String absent) {
        String line = line(path);
        return line.isEmpty() ? absent : line;
    }
}
