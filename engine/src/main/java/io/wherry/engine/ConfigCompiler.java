package io.wherry.engine;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.caps.CapabilitySet;
import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.Capabilities;
import io.wherry.oci.ExecutionDefaults;
import io.wherry.oci.IdMapping;
import io.wherry.oci.LinuxConfig;
import io.wherry.oci.LinuxConfigBuilder;
import io.wherry.oci.Mount;
import io.wherry.oci.Namespace;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.ProcessConfigBuilder;
import io.wherry.oci.Rlimit;
import io.wherry.oci.Root;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.RuntimeConfigBuilder;
import io.wherry.oci.Seccomp;
import io.wherry.oci.User;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.pilot.PilotStrand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * From what was asked for to the OCI runtime configuration: the image's defaults, Wherry's defaults, the user's words, in that order of precedence. A pure function.
 *
 * <p>Defaults are Docker's or stricter: 2,048 processes, no AF_ALG and AF_VSOCK, no io_uring. Nothing of the image can lower a wall: from it come
 * the command, the environment, the working folder, the user and where its volumes are, and nothing else.
 */
final class ConfigCompiler {
    /** The annotation that tells that nobody said where the user's home is: another user's is elsewhere. */
    static final String HOME_ANNOTATION = "io.wherry.home";

    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final long DEFAULT_SHM = 64L << 20;
    private static final int CAP_SYS_RESOURCE = 24;

    private final ContainerSpec spec;
    private final ExecutionDefaults image;
    private final ContainerVolumes volumes;
    private final HostFacts facts;
    private final ContainerId id;
    private final CapabilitySet capabilities;

    private ConfigCompiler(
            ContainerSpec spec, ExecutionDefaults image, ContainerVolumes volumes, HostFacts facts, ContainerId id) {
        this.spec = spec;
        this.volumes = volumes;
        this.image = image;
        this.facts = facts;
        this.id = id;
        this.capabilities = capabilities();
    }

    /**
     * {@return the configuration}
     *
     * @param image what the image says about execution; {@link ExecutionDefaults#NONE} for a folder
     * @param account the user, as looked up inside the root
     * @param volumes tells where its volumes are
     * @param files the prepared hosts, hostname and resolv.conf
     * @param parameters kernel parameters that the network wants
     */
    static RuntimeConfig compile(
            ContainerSpec spec,
            ExecutionDefaults image,
            Account account,
            ContainerVolumes volumes,
            NetworkFiles files,
            Map<String, String> parameters,
            HostFacts facts,
            ContainerId id) {
        ConfigCompiler compiler = new ConfigCompiler(spec, image, volumes, facts, id);
        RuntimeConfigBuilder config = RuntimeConfig.builder()
                .process(compiler.process(account))
                .root(new Root("rootfs", spec.readOnly()))
                .linux(compiler.linux(account, parameters));
        if (!"host".equals(spec.uts().orElse(""))) {
            config.hostname(spec.hostname().orElse(id.abbreviated())).domainname(spec.domainname());
        }
        for (Mount mount : compiler.mounts(files, account)) {
            config.mount(mount);
        }
        for (Map.Entry<String, String> annotation : spec.annotations().entrySet()) {
            if (annotation.getKey().startsWith("io.wherry.")) {
                throw invalid("The annotation `" + annotation.getKey() + "` is reserved: it steers the runtime.");
            }
            config.annotation(annotation.getKey(), annotation.getValue());
        }
        if (compiler.filtered() && spec.seccomp().isEmpty()) {
            config.annotation("io.wherry.seccomp", "default");
        }
        if (DevelopmentEnvironment.hangsUp(spec)) {
            config.annotation(PilotStrand.HANGUP_ANNOTATION, "true");
        }
        if (spec.init()) {
            config.annotation(PilotStrand.INIT_ANNOTATION, "true");
        }
        if (!names(compiler.variables(), "HOME")) {
            config.annotation(HOME_ANNOTATION, "default");
        }
        return config.build();
    }

    private boolean filtered() {
        return !spec.privileged() && !"unconfined".equals(spec.seccomp().orElse(""));
    }

    private ProcessConfig process(Account account) {
        ProcessConfigBuilder process = ProcessConfig.builder()
                .terminal(spec.terminal())
                .user(new User(
                        account.uid(),
                        account.gid(),
                        OptionalInt.of(spec.umask().orElse(022)),
                        account.groups(),
                        Optional.empty(),
                        JsonObject.empty()))
                .args(arguments())
                .env(environment(account))
                .cwd(workdir())
                .capabilities(sets(account))
                .noNewPrivileges(spec.noNewPrivileges());
        spec.oomScoreAdj().ifPresent(process::oomScoreAdj);
        for (String limit : spec.ulimits()) {
            process.rlimit(rlimit(limit));
        }
        return process.build();
    }

    private List<String> arguments() {
        List<String> words = new ArrayList<>(spec.entrypoint().orElse(image.entrypoint()));
        if (!spec.command().isEmpty()) {
            words.addAll(spec.command());
        } else if (spec.entrypoint().isEmpty()) {
            words.addAll(image.cmd()); // an entrypoint of the user's replaces the image's command too
        }
        if (words.isEmpty()) {
            throw invalid("There is nothing to run: neither the image nor the command line names a command.");
        }
        return words;
    }

    private List<String> environment(Account account) {
        List<String> environment = variables();
        if (!names(environment, "HOME")) {
            environment.add("HOME=" + account.home());
        }
        return environment;
    }

    private List<String> variables() {
        List<String> environment = new ArrayList<>();
        environment.add(PATH);
        environment.add("HOSTNAME=" + spec.hostname().orElse(id.abbreviated()));
        if (spec.terminal()) {
            environment.add("TERM=xterm");
        }
        for (String variable : image.env()) {
            put(environment, variable);
        }
        for (String variable : spec.env()) {
            put(environment, variable);
        }
        return environment;
    }

    /** Sets a variable, in its place if it is there, or takes one away of which only the name is given. */
    static void put(List<String> environment, String variable) {
        int equals = variable.indexOf('=');
        String name = equals < 0 ? variable : variable.substring(0, equals);
        for (int i = 0; i < environment.size(); i++) {
            if (environment.get(i).startsWith(name + "=")) {
                if (equals >= 0) {
                    environment.set(i, variable);
                } else {
                    environment.remove(i);
                }
                return;
            }
        }
        if (equals >= 0) {
            environment.add(variable);
        }
    }

    static boolean names(List<String> environment, String name) {
        for (String variable : environment) {
            if (variable.startsWith(name + "=")) {
                return true;
            }
        }
        return false;
    }

    private String workdir() {
        String workdir = spec.workdir().orElse(image.workingDir().isEmpty() ? "/" : image.workingDir());
        if (!workdir.startsWith("/")) {
            throw invalid("The working folder `" + workdir + "` is not an absolute path.");
        }
        return workdir;
    }

    private CapabilitySet capabilities() {
        CapabilitySet known = CapabilitySet.ofMask((1L << (facts.lastCapability() + 1)) - 1);
        CapabilitySet wanted = spec.privileged() ? known : CapabilitySet.DEFAULT.adjust(spec.capAdd(), spec.capDrop());
        CapabilitySet possible =
                facts.root() ? CapabilitySet.ofMask(facts.capabilities()) : known; // all are had in one's own namespace
        for (String name : spec.capAdd()) {
            CapabilitySet added = CapabilitySet.parse(List.of(name));
            if (!name.equalsIgnoreCase("ALL") && !possible.containsAll(added)) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "Cannot add the capability " + name + ": this process does not have it itself.");
            }
        }
        if (facts.root() && !facts.deviceRules() && !spec.privileged()) {
            return withoutNodes(wanted.intersect(possible));
        }
        return wanted.intersect(possible);
    }

    /** Where no control group says which devices may be opened, none may be made; the root is then mounted without devices too. */
    private CapabilitySet withoutNodes(CapabilitySet set) {
        CapabilitySet nodes = CapabilitySet.of(Capability.MKNOD);
        for (String name : spec.capAdd()) {
            if (CapabilitySet.parse(List.of(name)).mask() == nodes.mask()) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "Cannot add the capability MKNOD: this host has no control group that limits devices.",
                        "--privileged gives all devices.");
            }
        }
        return set.drop(nodes);
    }

    private Capabilities sets(Account account) {
        List<String> names = capabilities.kernelNames();
        List<String> effective = account.uid() == 0 ? names : List.of();
        return new Capabilities(names, effective, List.of(), effective, List.of());
    }

    private Rlimit rlimit(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':', equals + 1);
        if (equals <= 0) {
            throw invalid("The limit `" + text + "` is not of the form name=soft[:hard].");
        }
        String name = text.substring(0, equals);
        long soft = limitValue(text, text.substring(equals + 1, colon < 0 ? text.length() : colon));
        long hard = colon < 0 ? soft : limitValue(text, text.substring(colon + 1));
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw invalid("The limit `" + text + "` has a soft value above its hard one.");
        }
        boolean raises = name.equals("nofile") && Long.compareUnsigned(hard, facts.nofile()) > 0;
        if (raises && !(facts.root() && facts.can(CAP_SYS_RESOURCE))) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot raise the limit of open files to " + Long.toUnsignedString(hard)
                            + ": this process may have at most " + facts.nofile() + " and lacks CAP_SYS_RESOURCE.");
        }
        return new Rlimit("RLIMIT_" + name.toUpperCase(Locale.ROOT), soft, hard);
    }

    private static long limitValue(String limit, String value) {
        if (value.equals("unlimited") || value.equals("-1")) {
            return Rlimit.INFINITY;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw invalid("The limit `" + limit + "` has the value `" + value + "`, which is not a number.");
        }
    }

    private LinuxConfig linux(Account account, Map<String, String> parameters) {
        LinuxConfigBuilder linux = LinuxConfig.builder()
                .namespace(Namespace.Type.MOUNT)
                .cgroupsPath("/wherry/" + id.text())
                .resources(new ResourceCompiler(spec, facts).resources());
        namespace(linux, spec.pid(), Namespace.Type.PID);
        namespace(linux, spec.ipc(), Namespace.Type.IPC);
        namespace(linux, spec.uts(), Namespace.Type.UTS);
        namespace(linux, spec.network(), Namespace.Type.NETWORK);
        namespace(linux, spec.cgroupns(), Namespace.Type.CGROUP);
        if (!facts.root()) {
            linux.namespace(Namespace.Type.USER);
            if (spec.oneId()) {
                linux.uidMappings(
                        List.of(new IdMapping(account.uid(), facts.privilege().uid(), 1)));
                linux.gidMappings(
                        List.of(new IdMapping(account.gid(), facts.privilege().gid(), 1)));
            }
        }
        if (DevelopmentEnvironment.is(spec)) {
            linux.rootfsPropagation(Optional.of("slave"));
        }
        if (DevelopmentEnvironment.keepsId(spec, account, facts)) {
            linux.uidMappings(List.of(new IdMapping(account.uid(), account.uid(), 1)));
            linux.gidMappings(List.of(new IdMapping(account.gid(), account.gid(), 1)));
        }
        if (!spec.privileged() && !spec.unmasked()) {
            linux.maskedPaths(MASKED).readonlyPaths(READ_ONLY);
        }
        linux.sysctl(parameters);
        linux.sysctl(spec.sysctls());
        for (String text : spec.devices()) {
            if (DeviceSelector.is(text)) {
                continue;
            }
            HostDevice device = HostDevice.parse(text);
            if (!isBound(device)) {
                linux.device(device.node());
            }
        }
        String profile = spec.seccomp().orElse("unconfined");
        if (filtered() && !profile.equals("unconfined")) {
            linux.seccomp(Seccomp.parse(profile.getBytes(StandardCharsets.UTF_8)));
        }
        return linux.build();
    }

    private static void namespace(LinuxConfigBuilder linux, Optional<String> mode, Namespace.Type type) {
        if (!"host".equals(mode.orElse("private"))) {
            linux.namespace(type);
        }
    }

    private List<Mount> mounts(NetworkFiles files, Account account) {
        List<Mount> mounts;
        if (DevelopmentEnvironment.is(spec)) {
            mounts = DevelopmentEnvironment.mounts(spec);
        } else {
            mounts = own();
            mounts.addAll(files.mounts());
        }
        new MountCompiler(spec, volumes, id, account, facts).addTo(mounts);
        return mounts;
    }

    /** The filesystems of a container's own. */
    private List<Mount> own() {
        List<Mount> mounts = new ArrayList<>();
        boolean hostNetwork = "host".equals(spec.network().orElse(""));
        boolean hostPid = "host".equals(spec.pid().orElse(""));
        long shm = spec.shmSize() == 0 ? DEFAULT_SHM : spec.shmSize();
        if (hostPid && !facts.root()) {
            mounts.add(new Mount("/proc", "bind", "/proc", "rbind", "nosuid", "noexec", "nodev"));
        } else {
            mounts.add(new Mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
        }
        mounts.add(new Mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=0755", "size=65536k"));
        mounts.add(new Mount(
                "/dev/pts",
                "devpts",
                "devpts",
                "nosuid",
                "noexec",
                "newinstance",
                "ptmxmode=0666",
                "mode=0620",
                "gid=5"));
        if (hostNetwork && !facts.root()) {
            // a new sysfs shows a network namespace, so its owner must be ours: the host's is bound instead
            mounts.add(new Mount("/sys", "bind", "/sys", "rbind", "nosuid", "noexec", "nodev", "ro"));
        } else if (spec.privileged()) {
            mounts.add(new Mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev"));
        } else {
            mounts.add(new Mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"));
        }
        if (!facts.cgroups().kind().equals("none") && !(hostNetwork && !facts.root())) {
            mounts.add(new Mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"));
        }
        if (facts.root() || !"host".equals(spec.ipc().orElse(""))) {
            // a new mqueue shows an IPC namespace, so its owner must be ours; mq_open(2) needs no mount
            mounts.add(new Mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
        }
        mounts.add(new Mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=" + shm));
        return mounts;
    }

    /** An ordinary user makes no nodes; the host's is bound by the runtime, or here if it is to have another path. */
    private boolean isBound(HostDevice device) {
        return !facts.root() && !device.host().equals(device.node().path());
    }

    static WherryException invalid(String sentence) {
        return new WherryException(WherryException.Kind.INVALID, sentence);
    }

    private static final List<String> MASKED = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware");

    private static final List<String> READ_ONLY =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
}
