package io.wherry.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The user without rights that tests run as: {@value #NAME}, made by {@code testkit/user.sh}, when the tests run as root; otherwise whoever runs them.
 *
 * @param name as in /etc/passwd
 * @param uid its user id, not 0
 * @param gid its group id
 * @param home absolute; the user's own
 * @param runtime the value of XDG_RUNTIME_DIR: absolute, the user's own, mode 0700
 */
public record OrdinaryUser(String name, int uid, int gid, Path home, Path runtime) {
    /** The user's name when root runs the tests. */
    public static final String NAME = "wherry-test";

    /** {@return the user, who is made if root asks and there is none} */
    public static OrdinaryUser find() {
        if (!isRoot()) {
            return read(Command.of("id", "-un").check().out().strip()).orElseThrow();
        }
        Path script = Path.of(System.getProperty("wherry.source", ""), "testkit/user.sh")
                .toAbsolutePath();
        Command.of(script.toString(), NAME).check();
        return read(NAME).orElseThrow(() -> new AssertionError(script + " made no user " + NAME));
    }

    /** {@return the first subordinate user id and how many there are, or nothing if the user has none} */
    public Optional<SubordinateIds> subordinateUids() {
        return subordinate(Path.of("/etc/subuid"));
    }

    /** {@return likewise for groups} */
    public Optional<SubordinateIds> subordinateGids() {
        return subordinate(Path.of("/etc/subgid"));
    }

    /**
     * A range of ids that newuidmap or newgidmap grants.
     *
     * @param first the lowest
     * @param count how many, at least 1
     */
    public record SubordinateIds(long first, long count) {}

    /** {@return the words as a command of this user, in the home folder, with nothing of the caller's environment but PATH and JAVA_HOME} */
    public Command command(String... words) {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(
                    List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--init-groups", "--inh-caps=-all", "--"));
        }
        all.addAll(
                List.of("env", "-i", "HOME=" + home, "USER=" + name, "LOGNAME=" + name, "XDG_RUNTIME_DIR=" + runtime));
        all.add("PATH=" + System.getenv("PATH"));
        all.add("JAVA_HOME=" + System.getProperty("java.home"));
        all.addAll(List.of(words));
        return Command.of(all).in(home);
    }

    private static boolean isRoot() {
        return Proc.lines(Path.of("/proc/self/status")).stream().anyMatch(line -> line.startsWith("Uid:\t0\t"));
    }

    private static Optional<OrdinaryUser> read(String name) {
        // name:password:uid:gid:comment:home:shell
        Command.Result entry = Command.of("getent", "passwd", name).run();
        if (entry.exit() != 0) {
            return Optional.empty();
        }
        String[] fields = entry.out().strip().split(":");
        int uid = Integer.parseInt(fields[2]);
        String given = System.getenv("XDG_RUNTIME_DIR");
        Path runtime = given != null && !isRoot() ? Path.of(given) : Path.of("/run/user/" + uid);
        return Optional.of(new OrdinaryUser(name, uid, Integer.parseInt(fields[3]), Path.of(fields[5]), runtime));
    }

    private Optional<SubordinateIds> subordinate(Path file) {
        for (String line : Files.isReadable(file) ? Proc.lines(file) : List.<String>of()) {
            String[] fields = line.split(":");
            if (fields.length == 3 && (fields[0].equals(name) || fields[0].equals(String.valueOf(uid)))) {
                return Optional.of(new SubordinateIds(Long.parseLong(fields[1]), Long.parseLong(fields[2])));
            }
        }
        return Optional.empty();
    }
}
