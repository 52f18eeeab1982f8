package io.wherry.cli.run;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Values;
import io.wherry.engine.RestartPolicy;
import io.wherry.oci.WherryException;
import io.wherry.runtime.RuntimeName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The options of {@code run}: docker's spelling and meaning. */
public final class RunOptions {
    private static final long MOST = Long.MAX_VALUE;

    private RunOptions() {}

    /** {@return a new table for {@code run}} */
    public static OptionTable<RunWords> table() {
        OptionTable<RunWords> table = new OptionTable<>();
        table.section("Container")
                .flag("detach", 'd', "Do not stay with it; print its id", (w, v) -> w.spec.detached = v)
                .list(
                        "attach",
                        'a',
                        "stdin|stdout|stderr",
                        "Stay with this stream alone (default: all)",
                        (w, v) -> w.streams.add(Values.choice(v.toLowerCase(Locale.ROOT), "stdin|stdout|stderr")));
        table.flag(
                "step", NONE, "Start it one instruction at a time: a newline runs the one shown", (w, v) -> w.step = v);
        DetachKeys.option(table, (w, v) -> w.detachKeys = v)
                .flag("sig-proxy", NONE, "Pass signals on to it (default true)", (w, v) -> w.signals = v)
                .text(
                        "dir",
                        NONE,
                        "FOLDER",
                        "Run the image in this folder, and pull it there first if there is none",
                        (w, v) -> w.dir = v)
                .flag("rw", NONE, "Let the root of a folder with a config.json be written to", (w, v) -> w.rw = v)
                .flag("debug", NONE, "Print what is executed first", (w, v) -> w.debug = v);
        return all(table);
    }

    /** {@return a new table for {@code dev}: without what the host decides there} */
    public static OptionTable<RunWords> ofDevelopment() {
        OptionTable<RunWords> table = new OptionTable<>();
        DetachKeys.option(table.section("Container"), (w, v) -> w.detachKeys = v);
        container(table);
        image(table);
        process(table);
        files(table);
        limits(table);
        namespaces(table);
        return table;
    }

    /** {@return a new table for {@code create}, which stays with nothing} */
    public static OptionTable<RunWords> ofCreate() {
        return all(new OptionTable<RunWords>().section("Container"));
    }

    /** {@return a new table for {@code update}: what can change while a container runs} */
    public static OptionTable<RunWords> ofUpdate() {
        OptionTable<RunWords> table = new OptionTable<>();
        limits(table);
        table.section("Container");
        restart(table);
        return table;
    }

    private static OptionTable<RunWords> all(OptionTable<RunWords> table) {
        container(table);
        image(table);
        process(table);
        files(table);
        limits(table);
        security(table);
        namespaces(table);
        health(table);
        metadata(table);
        absent(table);
        return table;
    }

    private static void container(OptionTable<RunWords> table) {
        table.flag("rm", NONE, "Remove the container when it ends", (w, v) -> w.spec.remove = v)
                .flag("interactive", 'i', "Forward the input", (w, v) -> w.spec.interactive = v)
                .flag("tty", 't', "Give it a terminal", (w, v) -> w.spec.terminal = v)
                .file("cidfile", "Write its id into a new file", (w, v) -> w.cidFile = v)
                .text("name", NONE, "NAME", "Name of the container", (w, v) -> w.spec.name = Optional.of(name(v)))
                .flag("init", NONE, "Put a small init as pid 1 that reaps orphans", (w, v) -> w.spec.init = v)
                .text(
                        "stop-signal",
                        NONE,
                        "SIGNAL",
                        "The signal that stops it",
                        (w, v) -> w.spec.stopSignal = Optional.of(v))
                .number(
                        "stop-timeout",
                        "Seconds between the stop signal and SIGKILL",
                        -1,
                        Integer.MAX_VALUE,
                        (w, v) -> w.spec.stopTimeout = OptionalInt.of(v.intValue()))
                .flag("quiet", 'q', "Do not print the progress of the pull", (w, v) -> w.quiet = v);
        restart(table);
    }

    private static void restart(OptionTable<RunWords> table) {
        table.text(
                "restart",
                NONE,
                "POLICY",
                "Start it again: no, on-failure[:MOST], always, unless-stopped",
                (w, v) -> w.spec.restart = Optional.of(policy(v)));
    }

    private static RestartPolicy policy(String text) throws BadValueException {
        try {
            return RestartPolicy.parse(text);
        } catch (WherryException e) {
            throw BadValueException.wanted("`no`, `on-failure[:MOST]`, `always` or `unless-stopped`", text);
        }
    }

    private static void image(OptionTable<RunWords> table) {
        table.section("Image")
                .text(
                        "rootfs",
                        NONE,
                        "PATH[:O]",
                        "Run a folder instead of an image; `:O`: on a throw-away copy",
                        (w, v) -> rootfs(w, v))
                .choice(
                        "pull",
                        "missing|always|never",
                        "When to pull the image (default missing)",
                        (w, v) -> w.pull = v)
                .text(
                        "platform",
                        NONE,
                        "OS/ARCH",
                        "Which of the image's platforms",
                        (w, v) -> w.spec.platform = Optional.of(v))
                .text(
                        "entrypoint",
                        NONE,
                        "PROGRAM",
                        "Instead of the image's entry point; empty: none",
                        (w, v) -> w.spec.entrypoint = Optional.of(v.isEmpty() ? List.of() : List.of(v)))
                .text(
                        "runtime",
                        NONE,
                        "NAME",
                        "What runs it: native, chroot, bwrap, runc, crun, one that is configured, or a path (default native)",
                        (w, v) -> w.spec.runtime = Optional.of(RuntimeName.ofOwner(v)));
    }

    private static void process(OptionTable<RunWords> table) {
        table.section("Process")
                .pairs(
                        "env",
                        'e',
                        "NAME[=VALUE]",
                        "A variable; NAME alone takes the caller's value",
                        (w, v) -> w.environment.add(v))
                .files("env-file", "Variables from a file, one a line", (w, v) -> w.environmentFiles.add(v))
                .text("workdir", 'w', "FOLDER", "The folder it starts in", (w, v) -> workdir(w, v))
                .text(
                        "user",
                        'u',
                        "USER[:GROUP]",
                        "Names or numbers, looked up in the image",
                        (w, v) -> w.spec.user = Optional.of(v))
                .list("group-add", NONE, "GROUP", "One more group", (w, v) -> w.spec.groups.add(v))
                .text(
                        "umask",
                        NONE,
                        "MODE",
                        "Its umask in octal (default 0022)",
                        (w, v) -> w.spec.umask = OptionalInt.of((int) Modes.octal(v)))
                .list(
                        "ulimit",
                        NONE,
                        "NAME=SOFT[:HARD]",
                        "A limit of getrlimit(2)",
                        (w, v) -> w.spec.ulimits.add(LimitWords.parse(v).spelled()))
                .number(
                        "oom-score-adj",
                        "How soon it dies when memory is short",
                        -1000,
                        1000,
                        (w, v) -> w.spec.oomScoreAdj = OptionalInt.of(v.intValue()));
    }

    private static void files(OptionTable<RunWords> table) {
        table.section("Files")
                .list(
                        "volume",
                        'v',
                        "[HOST:|VOLUME:]CONTAINER[:OPTIONS]",
                        "Mount a folder of this host, a volume, or one of its own (ro, rw, nocopy, U, rslave...)",
                        (w, v) -> w.spec.mounts.add(MountWords.volume(v)))
                .list(
                        "volumes-from",
                        NONE,
                        "CONTAINER[:ro]",
                        "Have the volumes of another container, too",
                        (w, v) -> w.spec.volumesFrom.add(v))
                .list(
                        "mount",
                        NONE,
                        "type=volume|bind|tmpfs|image,...",
                        "The same, by fields: source, target, readonly, volume-subpath...",
                        (w, v) -> w.spec.mounts.add(MountWords.mount(v)))
                .list(
                        "tmpfs",
                        NONE,
                        "CONTAINER[:OPTIONS]",
                        "Mount memory there (size=, mode=)",
                        (w, v) -> w.spec.mounts.add(MountWords.tmpfs(v)))
                .flag("read-only", NONE, "Refuse writing to the root", (w, v) -> w.spec.readOnly = v)
                .list(
                        "device",
                        NONE,
                        "HOST[:CONTAINER][:rwm]",
                        "Let it use a device: a path, or what it is: usb:vendor=0403, tty:ttyUSB*, by-id/NAME",
                        (w, v) -> w.spec.devices.add(DeviceWords.spelled(v)))
                .bytes("shm-size", NONE, "Size of /dev/shm (default 64m)", (w, v) -> w.spec.shmSize = v)
                .list(
                        "storage-opt",
                        NONE,
                        "size=SIZE",
                        "Most that it may write to its root: on a disk with quotas",
                        (w, v) -> w.spec.storageSize = storageSize(v));
    }

    private static long storageSize(String text) throws BadValueException {
        if (!text.startsWith("size=")) {
            throw BadValueException.wanted("`size=SIZE`", text);
        }
        long bytes = Values.bytes(text.substring(5));
        if (bytes == 0) {
            throw BadValueException.wanted("a size of more than nothing", text);
        }
        return bytes;
    }

    private static void limits(OptionTable<RunWords> table) {
        table.section("Limits")
                .bytes("memory", 'm', "Most memory", (w, v) -> w.spec.memory = v)
                .text(
                        "memory-swap",
                        NONE,
                        "SIZE",
                        "Most memory and swap together; -1: no limit",
                        (w, v) -> w.spec.memorySwap = v.equals("-1") ? -1 : Values.bytes(v))
                .bytes(
                        "memory-reservation",
                        NONE,
                        "Memory that it keeps when all is short",
                        (w, v) -> w.spec.memoryReservation = v)
                .decimal("cpus", "How many processors, such as 0.5", (w, v) -> w.processors = v)
                .number("cpu-shares", "Weight among others (default 1024)", 0, 262144, (w, v) -> w.spec.cpuShares = v)
                .number("cpu-quota", "Microseconds of processor in a period", -1, MOST, (w, v) -> w.spec.cpuQuota = v)
                .number("cpu-period", "The period in microseconds", 0, 1_000_000, (w, v) -> w.spec.cpuPeriod = v)
                .text(
                        "cpuset-cpus",
                        NONE,
                        "LIST",
                        "Which processors, such as 0-2,4",
                        (w, v) -> w.spec.cpusetCpus = Optional.of(v))
                .text("cpuset-mems", NONE, "LIST", "Which memory nodes", (w, v) -> w.spec.cpusetMems = Optional.of(v))
                .number(
                        "pids-limit",
                        "Most processes (default 2048); -1: no limit",
                        -1,
                        4_194_304,
                        (w, v) -> w.spec.pidsLimit = v == 0 ? -1 : v);
    }

    private static void security(OptionTable<RunWords> table) {
        table.section("Security")
                .list("cap-add", NONE, "NAME", "Add a capability, or ALL", (w, v) -> w.spec.capAdd.add(v))
                .list("cap-drop", NONE, "NAME", "Drop a capability, or ALL", (w, v) -> w.spec.capDrop.add(v))
                .list(
                        "security-opt",
                        NONE,
                        "OPTION",
                        "seccomp=unconfined|FILE, no-new-privileges, systempaths=unconfined",
                        (w, v) -> SecurityWords.read(w, v))
                .flag(
                        "privileged",
                        NONE,
                        "All capabilities and devices, no seccomp, no masks",
                        (w, v) -> w.spec.privileged = v)
                .pairs(
                        "sysctl",
                        NONE,
                        "KEY=VALUE",
                        "A kernel parameter of its own namespaces",
                        (w, v) -> put(w.spec.sysctls, v));
    }

    private static void namespaces(OptionTable<RunWords> table) {
        table.section("Namespaces")
                .text(
                        "unshare",
                        NONE,
                        "mount,pid,net,...",
                        "Exactly these of its own: mount, pid, net, uts, ipc, cgroup, user",
                        (w, v) -> w.walls.addAll(Walls.parse(v)))
                .choice(
                        "network",
                        "none|host|bridge",
                        "Its network (default: bridge for root, none for users)",
                        (w, v) -> w.spec.network = Optional.of(v))
                .alias("net")
                .flag("share-net", 'n', "The host's network, as `--network host`", (w, v) -> {
                    if (v) {
                        w.spec.network = Optional.of("host");
                    }
                })
                .choice("pid", "host|private", "Processes that it sees", (w, v) -> w.spec.pid = Optional.of(v))
                .choice(
                        "ipc",
                        "host|private",
                        "Shared memory and message queues",
                        (w, v) -> w.spec.ipc = Optional.of(v))
                .choice("uts", "host|private", "Host name", (w, v) -> w.spec.uts = Optional.of(v))
                .choice("userns", "host", "Numbers of users: those of this host", (w, v) -> w.hostUsers = true)
                .choice(
                        "cgroupns",
                        "host|private",
                        "Control groups that it sees",
                        (w, v) -> w.spec.cgroupns = Optional.of(v))
                .text(
                        "hostname",
                        'h',
                        "NAME",
                        "Its host name (default: the short id)",
                        (w, v) -> w.spec.hostname = Optional.of(v))
                .text("domainname", NONE, "NAME", "Its NIS domain name", (w, v) -> w.spec.domainname = Optional.of(v));
    }

    private static void metadata(OptionTable<RunWords> table) {
        table.section("Metadata")
                .pairs("label", 'l', "KEY[=VALUE]", "A label", (w, v) -> w.labels.add(v))
                .files("label-file", "Labels from a file, one a line", (w, v) -> w.labelFiles.add(v))
                .pairs(
                        "annotation",
                        NONE,
                        "KEY=VALUE",
                        "An annotation of the runtime configuration",
                        (w, v) -> put(w.spec.annotations, v))
                .text(
                        "log-driver",
                        NONE,
                        "DRIVER",
                        "json-file (default), local, none, pipe:PROGRAM, syslog or journald",
                        (w, v) -> w.spec.logDriver = Optional.of(v))
                .pairs(
                        "log-opt",
                        NONE,
                        "KEY=VALUE",
                        "max-size, max-file, mode, tag, labels, env",
                        (w, v) -> put(w.spec.logOptions, v));
    }

    private static void health(OptionTable<RunWords> table) {
        table.section("Health")
                .text(
                        "health-cmd",
                        NONE,
                        "COMMAND",
                        "What tells by exit code 0 that it is healthy",
                        (w, v) -> w.spec.healthcheck = HealthWords.command(w.spec.healthcheck, v))
                .text(
                        "health-interval",
                        NONE,
                        "TIME",
                        "Time between checks (default 30s)",
                        (w, v) -> w.spec.healthcheck = HealthWords.interval(w.spec.healthcheck, v))
                .text(
                        "health-timeout",
                        NONE,
                        "TIME",
                        "Time that a check may take (default 30s)",
                        (w, v) -> w.spec.healthcheck = HealthWords.timeout(w.spec.healthcheck, v))
                .number(
                        "health-retries",
                        "Failures in a row that make it unhealthy (default 3)",
                        0,
                        Integer.MAX_VALUE,
                        (w, v) -> w.spec.healthcheck = HealthWords.retries(w.spec.healthcheck, v))
                .text(
                        "health-start-period",
                        NONE,
                        "TIME",
                        "Time to start up, in which failures do not count",
                        (w, v) -> w.spec.healthcheck = HealthWords.startPeriod(w.spec.healthcheck, v))
                .text(
                        "health-start-interval",
                        NONE,
                        "TIME",
                        "Time between checks while it starts up (default 5s)",
                        (w, v) -> w.spec.healthcheck = HealthWords.startInterval(w.spec.healthcheck, v))
                .flag("no-healthcheck", NONE, "No check, whatever the image says", (w, v) -> {
                    if (v) {
                        w.spec.healthcheck = HealthWords.none(w.spec.healthcheck);
                    }
                });
    }

    /** Docker's options whose absence deserves its name, not "no such option". */
    private static void absent(OptionTable<RunWords> table) {
        table.section("")
                .absent("publish", 'p', true, "publishing ports")
                .absent("publish-all", 'P', false, "publishing ports")
                .absent("dns", NONE, true, "name servers of its own")
                .absent("add-host", NONE, true, "extra host names")
                .absent("link", NONE, true, "links between containers")
                .absent("gpus", NONE, true, "GPUs");
    }

    /** Keeps a pair whose value must be there. */
    private static void put(Map<String, String> pairs, String text) throws BadValueException {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw BadValueException.wanted("`KEY=VALUE`", text);
        }
        pairs.put(text.substring(0, equals), text.substring(equals + 1));
    }

    private static String name(String text) throws BadValueException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || (c != '_' && c != '.' && c != '-'))) {
                throw BadValueException.wanted(
                        "letters, digits, `_`, `.` and `-`, beginning with a letter or digit", text);
            }
        }
        if (text.length() < 2 || text.length() > 128) {
            throw BadValueException.wanted("2 to 128 characters", text);
        }
        return text;
    }

    private static void rootfs(RunWords words, String text) throws BadValueException {
        boolean overlay = text.endsWith(":O");
        String path = overlay ? text.substring(0, text.length() - 2) : text;
        if (!MountWords.isPath(path)) {
            throw BadValueException.wanted("a folder beginning with `/`, `./` or `../`", text);
        }
        words.spec.rootfs = Optional.of(path);
        words.spec.rootfsOverlay = overlay;
    }

    /** What can be no working folder is d-utils' `-w FOLDER`. */
    private static void workdir(RunWords words, String text) throws BadValueException {
        if (!text.startsWith("/") && MountWords.isPath(text)) {
            words.folderToWrite = text;
        } else {
            words.spec.workdir = Optional.of(absolute(text));
        }
    }

    static String absolute(String text) throws BadValueException {
        if (!text.startsWith("/")) {
            throw BadValueException.wanted("an absolute path in the container", text);
        }
        return text;
    }
}
