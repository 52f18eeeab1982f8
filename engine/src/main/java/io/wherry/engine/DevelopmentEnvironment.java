package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.oci.Mount;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the runtime {@code chroot} stands for: a container whose root is the image's and in which everything else is the host's: devices as they come and go, network, time, users, the folder that
 * the caller works in and the home. It is the native program for another configuration: the mounts of {@link #mounts} in place of a container's own, no masks, no filter, all rights of the caller.
 *
 * <p>Processes are its own, by a pid namespace, since that is what ends them all whatever ends the first one; {@code --pid host} shows the host's. Stateless.
 */
final class DevelopmentEnvironment {
    /** The runtime's name. */
    static final String RUNTIME = "chroot";

    private static final String HOST = "host";
    private static final int LARGEST = 1 << 20; // bytes of a file that is read
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path GROUP = Path.of("/etc/group");
    private static final List<String> FILES = List.of("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/resolv.conf");

    private DevelopmentEnvironment() {}

    /** {@return whether that is what was asked for} */
    static boolean is(ContainerSpec spec) {
        return spec.runtime().isPresent() && spec.runtime().get().text().equals(RUNTIME);
    }

    /** {@return what was asked, with all that follows from it; what its user said stands} */
    static ContainerSpec complete(ContainerSpec asked, HostFacts facts) {
        ContainerSpec.Builder spec = ContainerSpec.builder(asked.toJson());
        spec.privileged = true;
        spec.network = Optional.of(asked.network().orElse(HOST));
        spec.ipc = Optional.of(asked.ipc().orElse(HOST));
        spec.cgroupns = Optional.of(asked.cgroupns().orElse(HOST));
        boolean named = asked.hostname().isPresent() || asked.domainname().isPresent();
        spec.uts = named ? asked.uts() : Optional.of(asked.uts().orElse(HOST));
        Account account = account(asked, facts);
        String home = folder(account.home());
        String work = folder("");
        List<String> variables = new ArrayList<>();
        if (!named) {
            variables.add("HOSTNAME=" + line(Path.of("/proc/sys/kernel/hostname")));
        }
        zone().ifPresent(zone -> variables.add("TZ=" + zone));
        variables.addAll(asked.env());
        spec.env = variables;
        if (!isBelow(home, work)) {
            bind(spec, home);
        }
        if (!isBelow(work, home) || work.equals(home)) {
            bind(spec, work);
        }
        spec.workdir = Optional.of(asked.workdir().orElse(work));
        return spec.build();
    }

    /**
     * {@return who it runs as, by the host's own files: for root whoever is named, or root; for an ordinary user itself, or root of a namespace that maps root to it}
     *
     * @throws WherryException of kind UNSUPPORTED for an ordinary user who wants to be somebody else
     */
    static Account account(ContainerSpec spec, HostFacts facts) {
        byte[] passwd = read(PASSWD);
        byte[] group = read(GROUP);
        if (facts.root()) {
            return Account.lookUp(spec.user().orElse(""), spec.groups(), passwd, group);
        }
        Privilege caller = facts.privilege();
        String own = caller.uid() + ":" + caller.gid();
        Account account = Account.lookUp(spec.user().orElse(own), List.of(), passwd, group);
        if (!spec.groups().isEmpty() || (account.uid() != caller.uid() && account.uid() != 0)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot run as `" + spec.user().orElse(own) + "`"
                            + (spec.groups().isEmpty() ? "" : " with other groups")
                            + ": under the runtime `chroot` an ordinary user is itself, with its groups, or root of a namespace of its own.",
                    "Leave --user and --group-add out, or give `-u root`.");
        }
        return account;
    }

    /** {@return whether the caller keeps its own number, and is the only one who has one there} */
    static boolean keepsId(ContainerSpec spec, Account account, HostFacts facts) {
        return is(spec) && !facts.root() && account.uid() != 0;
    }

    /** {@return whether it ends with whoever started it: who has left it by the detach keys can come back, who closed the window or was killed cannot} */
    static boolean hangsUp(ContainerSpec spec) {
        return is(spec) && spec.remove() && spec.interactive() && !spec.detached();
    }

    /** {@return the host's filesystems in place of a container's own; what is mounted there later appears here too} */
    static List<Mount> mounts(ContainerSpec spec) {
        List<Mount> mounts = new ArrayList<>();
        if (HOST.equals(spec.pid().orElse(""))) {
            mounts.add(new Mount("/proc", "bind", "/proc", "rbind", "rslave"));
        } else {
            mounts.add(new Mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
        }
        mounts.add(new Mount("/sys", "bind", "/sys", "rbind", "rslave"));
        mounts.add(new Mount("/dev", "bind", "/dev", "rbind", "rslave"));
        for (String file : FILES) {
            if (Files.exists(Path.of(file))) {
                mounts.add(new Mount(file, "bind", file, "bind", "ro", "rprivate"));
            }
        }
        return mounts;
    }

    /** Unless the user has mounted something there, or it is the root or a filesystem of the kernel's. */
    private static void bind(ContainerSpec.Builder spec, String folder) {
        boolean kernels = isBelow(folder, "/proc") || isBelow(folder, "/sys") || isBelow(folder, "/dev");
        boolean taken = spec.mounts.stream().anyMatch(mount -> mount.target().equals(folder));
        if (!folder.equals("/") && !kernels && !taken) {
            spec.mounts.add(new MountSpec(MountSpec.Type.BIND, Optional.of(folder), folder, List.of("rslave")));
        }
    }

    private static boolean isBelow(String path, String folder) {
        return path.equals(folder) || path.startsWith(folder.equals("/") ? "/" : folder + "/");
    }

    /** {@return the folder without links; the root where there is none} */
    private static String folder(String path) {
        try {
            Path folder = Path.of(path).toRealPath();
            return Files.isDirectory(folder) ? folder.toString() : "/";
        } catch (IOException e) {
            return "/"; // an account may name a home that was never made
        }
    }

    /** The rules of the host's time zone, the last line of its file (RFC 9636, "TZif footer"): the image may have no such files. */
    private static Optional<String> zone() {
        byte[] file = read(Path.of("/etc/localtime"));
        int end = file.length - 1;
        int start = end;
        while (start > 0 && file[start - 1] != '\n') {
            start--;
        }
        boolean footer = end > start && file[end] == '\n' && start > 0;
        return footer ? Optional.of(new String(file, start, end - start, StandardCharsets.US_ASCII)) : Optional.empty();
    }

    private static String line(Path file) {
        return new String(read(file), StandardCharsets.UTF_8).strip();
    }

    /** A file of the host's, to which links may lead. {@return its content; empty if it is not there} */
    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(LARGEST);
        } catch (IOException e) {
            return new byte[0]; // as the host's own programs do without it
        }
    }
}
