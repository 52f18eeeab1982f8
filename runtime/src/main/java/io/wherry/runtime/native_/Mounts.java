package io.wherry.runtime.native_;

import static io.wherry.kernel.program.Assembler.INSIDE;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AttachMount;
import io.wherry.kernel.step.CloneBelow;
import io.wherry.kernel.step.CloneTree;
import io.wherry.kernel.step.CloneWithin;
import io.wherry.kernel.step.MakeEntry;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MakeLink;
import io.wherry.kernel.step.MakeNode;
import io.wherry.kernel.step.MapMountOwners;
import io.wherry.kernel.step.MountAttributes;
import io.wherry.kernel.step.NewFilesystem;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SetMountAttributes;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.DeviceNode;
import io.wherry.oci.Mount;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.pilot.BindSource;
import io.wherry.runtime.pilot.InsideIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts of a configuration: prepared while the host can still be named, attached when it no longer can (OCI runtime-spec, config "Mounts", and
 * config-linux "Default Devices" and "Default Filesystems").
 */
final class Mounts {
    private static final String[] LINKS = {
        "ptmx",
        "pts/ptmx",
        "fd",
        "/proc/self/fd",
        "stdin",
        "/proc/self/fd/0",
        "stdout",
        "/proc/self/fd/1",
        "stderr",
        "/proc/self/fd/2"
    };

    private final Plan plan;
    private final RuntimeConfig config;
    private final HostFacts facts;
    private final Slot root;
    private final Slot owners;
    private final List<Prepared> prepared = new ArrayList<>();
    private Slot procfs = Slot.NONE;
    private Slot sysfs = Slot.NONE;
    private Slot devices = Slot.NONE;
    private Slot devpts = Slot.NONE;
    private boolean wantsCgroups;

    /** A mount that waits for the new root. */
    private record Prepared(Slot mount, String target, boolean file, boolean links) {}

    /** A path of one of the kernel's filesystems. */
    record KernelPath(Slot filesystem, String path) {}

    Mounts(Plan plan, RuntimeConfig config, HostFacts facts, Slot root, Slot owners) {
        this.owners = owners;
        this.plan = plan;
        this.config = config;
        this.facts = facts;
        this.root = root;
    }

    /** {@return the container's own procfs} */
    Slot procfs() {
        return procfs;
    }

    /** {@return the tmpfs of its /dev} */
    Slot devices() {
        return devices;
    }

    /** {@return its devpts} */
    Slot devpts() {
        return devpts;
    }

    /** {@return whether it wants to see its control groups} */
    boolean wantsCgroups() {
        return wantsCgroups;
    }

    /** Makes every mount, attached nowhere yet. */
    void prepare() {
        for (Mount mount : config.mounts()) {
            String type = mount.type().orElse("bind");
            if (type.equals("cgroup") || type.equals("cgroup2")) {
                wantsCgroups = true;
            } else if (mount.isBind()) {
                bind(mount);
            } else {
                filesystem(mount, type);
            }
        }
        if (!facts.root() && devices.number() >= 0) {
            bindDevices();
        }
    }

    private void bind(Mount mount) {
        String source = mount.source().orElseThrow();
        boolean recursive =
                mount.options().contains("rbind") || !mount.options().contains("bind");
        Slot slot = plan.slot("bind for " + mount.destination());
        Optional<String> below = BindSource.below(mount);
        plan.add(
                INSIDE,
                below.isPresent()
                        ? new CloneBelow(source, below.get(), recursive, slot)
                        : new CloneTree(source, recursive, slot));
        MountAttributes attributes = MountAttributes.parse(mount.options());
        long propagation = propagation(mount.options());
        if (attributes.set() != 0 || attributes.clear() != 0 || propagation != 0) {
            plan.add(
                    INSIDE,
                    new SetMountAttributes(
                            slot, new MountAttributes(attributes.set(), attributes.clear(), propagation), recursive));
        }
        if (!mount.uidMappings().isEmpty()) {
            plan.add(INSIDE, new MapMountOwners(slot, owners, recursive, source + ", " + filesystem(source)));
        }
        prepared.add(new Prepared(slot, mount.destination(), BindSource.isFile(mount), true));
    }

    /** {@return whose ability it is to map owners, for who reads that it failed} */
    private static String filesystem(String source) {
        try {
            return Files.getFileStore(Path.of(source)).type() + " of Linux " + System.getProperty("os.version");
        } catch (IOException e) {
            return "not there yet";
        }
    }

    private static long propagation(List<String> options) {
        for (String option : options) {
            switch (option) {
                case "private", "rprivate" -> {
                    return Linux.MS_PRIVATE;
                }
                case "slave", "rslave" -> {
                    return Linux.MS_SLAVE;
                }
                case "shared", "rshared" -> {
                    return Linux.MS_SHARED;
                }
                default -> {}
            }
        }
        return 0;
    }

    private void filesystem(Mount mount, String type) {
        String target = mount.destination();
        Slot slot = plan.slot(target);
        List<String> options = new ArrayList<>();
        for (String option : mount.options()) {
            if (!MountAttributes.knows(option) && propagation(List.of(option)) == 0 && !option.startsWith("x-")) {
                options.add(option);
            }
        }
        if (type.equals("devpts")
                && !facts.root()
                && InsideIds.of(config, facts).single()) {
            options.remove("gid=5"); // the only group there is, is the caller's
        }
        String source = mount.source().orElse("");
        if (source.indexOf('/') >= 0) { // a device, or a place of the network
            options.add("source=" + source);
        }
        Optional<String> below = BindSource.below(mount);
        Slot whole = below.isPresent() ? plan.slot("whole of " + target) : slot;
        plan.add(INSIDE, new NewFilesystem(type, options, MountAttributes.parse(mount.options()), whole));
        if (below.isPresent()) {
            plan.add(INSIDE, new CloneWithin(whole, below.get(), slot));
        }
        boolean kernels = target.equals("/proc") || target.equals("/sys") || target.startsWith("/dev");
        prepared.add(new Prepared(slot, target, false, !kernels));
        switch (target) {
            case "/proc" -> procfs = slot;
            case "/sys" -> sysfs = slot;
            case "/dev/pts" -> devpts = slot;
            case "/dev" -> {
                devices = slot;
                fillDevices();
            }
            default -> {}
        }
    }

    /** Fills the tmpfs of /dev while nobody else can see it. */
    private void fillDevices() {
        for (DeviceNode device : nodes()) {
            if (facts.root()) {
                int mode = (device.type().equals("b")
                                ? Linux.S_IFBLK
                                : device.type().equals("p") ? Linux.S_IFIFO : Linux.S_IFCHR)
                        | device.fileMode().orElse(0666);
                String name = device.path().substring("/dev/".length());
                plan.add(INSIDE, new MakeNode(parent(name), last(name), mode, Linux.device((int) device.major(), (int)
                        device.minor())));
            }
        }
        for (int i = 0; i < LINKS.length; i += 2) {
            plan.add(INSIDE, new MakeLink(devices, LINKS[i], LINKS[i + 1]));
        }
    }

    private Slot parent(String name) {
        int slash = name.lastIndexOf('/');
        if (slash < 0) {
            return devices;
        }
        Slot folder = devices;
        for (String part : name.substring(0, slash).split("/")) {
            Slot next = plan.slot("/dev/" + part);
            plan.add(INSIDE, new MakeFolder(folder, part, 0755, next));
            folder = next;
        }
        return folder;
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private List<DeviceNode> nodes() {
        List<DeviceNode> nodes = new ArrayList<>();
        nodes.add(new DeviceNode("/dev/null", "c", 1, 3, 0666, 0, 0));
        nodes.add(new DeviceNode("/dev/zero", "c", 1, 5, 0666, 0, 0));
        nodes.add(new DeviceNode("/dev/full", "c", 1, 7, 0666, 0, 0));
        nodes.add(new DeviceNode("/dev/random", "c", 1, 8, 0666, 0, 0));
        nodes.add(new DeviceNode("/dev/urandom", "c", 1, 9, 0666, 0, 0));
        nodes.add(new DeviceNode("/dev/tty", "c", 5, 0, 0666, 0, 0));
        for (DeviceNode device : config.linux().devices()) {
            if (!device.path().startsWith("/dev/") || device.path().contains("..")) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "Cannot make the device " + device.path() + ": devices are made below /dev.");
            }
            nodes.add(device);
        }
        return nodes;
    }

    /** A user may not make nodes, so the host's are bound over empty files. */
    private void bindDevices() {
        for (DeviceNode device : nodes()) {
            Slot slot = plan.slot(device.path());
            String name = device.path().substring("/dev/".length());
            plan.add(INSIDE, new CloneTree(device.path(), false, slot));
            plan.add(INSIDE, new MakeEntry(parent(name), last(name), 0666));
            prepared.add(new Prepared(slot, device.path(), true, false));
        }
    }

    /** Attaches what was prepared, in the configuration's order. */
    void attach() {
        for (Prepared mount : prepared) {
            plan.add(INSIDE, new AttachMount(mount.mount, root, mount.target, mount.file, mount.links));
        }
    }

    /** {@return where a path is in our own procfs or sysfs; absent if it is in neither, or that is not mounted} */
    Optional<KernelPath> inKernelFilesystem(String path) {
        if (path.startsWith("/proc/") && procfs.number() >= 0) {
            return Optional.of(new KernelPath(procfs, path.substring("/proc/".length())));
        }
        if (path.startsWith("/sys/") && sysfs.number() >= 0) {
            return Optional.of(new KernelPath(sysfs, path.substring("/sys/".length())));
        }
        return Optional.empty();
    }
}
