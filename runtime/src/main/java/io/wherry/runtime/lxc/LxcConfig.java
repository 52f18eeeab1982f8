package io.wherry.runtime.lxc;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.DeviceNode;
import io.wherry.oci.Mount;
import io.wherry.oci.Namespace;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.pilot.BindSource;
import io.wherry.runtime.pilot.MaskedPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A configuration in the words of lxc.container.conf(5), of LXC 4 and later. */
final class LxcConfig {
    /** The file of the filter, beside the configuration. */
    static final String FILTER = "seccomp";

    private final RuntimeConfig config;
    private final String folder;
    private final String root;
    private final Slot network;
    private final HostFacts facts;
    private final StringBuilder text = new StringBuilder();

    /**
     * Of a container.
     *
     * @param folder absolute path of the configuration's own folder
     * @param root absolute path of the root
     * @param network the descriptor that lxc is given for the network namespace; {@link Slot#NONE} if it is in that already
     */
    LxcConfig(RuntimeConfig config, String folder, String root, Slot network, HostFacts facts) {
        this.network = network;
        this.config = config;
        this.folder = folder;
        this.root = root;
        this.facts = facts;
    }

    /** {@return whether the command is an init, which is not to be below another one} */
    static boolean isSystem(RuntimeConfig config) {
        String program = config.process().args().get(0);
        String name = program.substring(program.lastIndexOf('/') + 1);
        return name.equals("init") || name.equals("systemd");
    }

    String text() {
        config.hostname().ifPresent(name -> set("lxc.uts.name", name));
        set("lxc.rootfs.path", "dir:" + root);
        if (config.root().readonly()) {
            set("lxc.rootfs.options", "ro");
        }
        set("lxc.net.0.type", "none"); // the strand's own
        if (network.number() >= 0) {
            set("lxc.namespace.share.net", "/proc/self/fd/" + network.number());
        }
        set("lxc.tty.max", "0");
        set("lxc.pty.max", "1024");
        set("lxc.console.path", "none");
        if (!Files.exists(Path.of("/sys/kernel/security/apparmor"))) {
            set("lxc.apparmor.profile", "unconfined");
        }
        set("lxc.hook.version", "1");
        set("lxc.hook.start-host", "sh -c 'echo pid $LXC_PID >" + folder + "/pid'");
        namespaces();
        mounts();
        identity();
        for (Map.Entry<String, String> parameter : config.linux().sysctl().entrySet()) {
            if (!parameter.getKey().startsWith("net.")) {
                set("lxc.sysctl." + parameter.getKey(), parameter.getValue());
            }
        }
        return text.toString();
    }

    private void set(String key, String value) {
        if (value.indexOf('\n') >= 0) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot tell LXC `" + key + "`: the value has a line feed, which its configuration cannot say.");
        }
        text.append(key).append(" = ").append(value).append('\n');
    }

    /** What is not named is kept: the network is the strand's own. */
    private void namespaces() {
        List<String> made = new ArrayList<>(List.of("mnt"));
        make(made, Namespace.Type.PID, "pid");
        make(made, Namespace.Type.IPC, "ipc");
        make(made, Namespace.Type.UTS, "uts");
        make(made, Namespace.Type.CGROUP, "cgroup");
        set("lxc.namespace.clone", String.join(" ", made));
    }

    private void make(List<String> made, Namespace.Type type, String word) {
        if (config.linux().namespace(type).isPresent()) {
            made.add(word);
        }
    }

    private void mounts() {
        boolean unmasked = config.linux().maskedPaths().isEmpty();
        set("lxc.mount.auto", unmasked ? "proc:rw sys:rw" : "proc:mixed sys:ro");
        for (Mount mount : config.mounts()) {
            String type = mount.type().orElse("bind");
            String target = mount.destination();
            boolean own = target.equals("/proc") || target.equals("/sys") || target.equals("/dev");
            if (mount.isBind()) {
                bind(mount);
            } else if (type.equals("tmpfs") && !own) {
                entry("tmpfs", target, "tmpfs", options(mount.options()) + ",create=dir");
            } else if (type.equals("mqueue")) {
                entry("mqueue", target, "mqueue", "nosuid,noexec,nodev,create=dir,optional");
            }
        }
        for (DeviceNode device : config.linux().devices()) {
            entry(device.path(), device.path(), "none", "bind,create=file");
        }
        for (MaskedPath masked : MaskedPath.of(config)) {
            mask(masked);
        }
    }

    private void bind(Mount mount) {
        String how = mount.options().contains("bind") ? "bind" : "rbind";
        String access = mount.options().contains("ro") ? ",ro" : "";
        String made = BindSource.isFile(mount) ? ",create=file" : ",create=dir";
        entry(mount.source().orElseThrow(), mount.destination(), "none", how + access + made);
    }

    private static String options(List<String> options) {
        List<String> known = new ArrayList<>(options);
        known.removeIf(option -> option.equals("rprivate") || option.equals("private"));
        return known.isEmpty() ? "rw" : String.join(",", known);
    }

    private void mask(MaskedPath masked) {
        if (masked.folder()) {
            entry("tmpfs", masked.path(), "tmpfs", "ro,optional");
        } else {
            entry("/dev/null", masked.path(), "none", "bind,optional");
        }
    }

    /** As in fstab(5): what separates fields is written as an octal number. */
    private void entry(String source, String target, String type, String options) {
        set("lxc.mount.entry", field(source) + " " + field(target.substring(1)) + " " + type + " " + options + " 0 0");
    }

    private static String field(String path) {
        return path.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011");
    }

    private void identity() {
        ProcessConfig process = config.process();
        set("lxc.init.cwd", process.cwd());
        if (process.user().uid() != 0 || process.user().gid() != 0) {
            set("lxc.init.uid", Long.toString(process.user().uid()));
            set("lxc.init.gid", Long.toString(process.user().gid()));
        }
        List<String> capabilities = new ArrayList<>();
        for (String name : process.capabilities().bounding()) {
            capabilities.add(name.substring("CAP_".length()).toLowerCase(Locale.ROOT));
        }
        set("lxc.cap.keep", capabilities.isEmpty() ? "none" : String.join(" ", capabilities));
        if (process.noNewPrivileges()) {
            set("lxc.no_new_privs", "1");
        }
        if (config.linux().seccomp().isPresent()
                || config.annotations().containsKey(io.wherry.runtime.pilot.Identity.SECCOMP_ANNOTATION)) {
            set("lxc.seccomp.profile", folder + "/" + FILTER);
        }
        for (String variable : process.env()) {
            set("lxc.environment", variable);
        }
        if (!facts.root()) {
            set("lxc.autodev", "1");
        }
    }
}
