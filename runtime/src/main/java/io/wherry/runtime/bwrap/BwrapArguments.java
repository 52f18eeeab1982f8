package io.wherry.runtime.bwrap;

import io.wherry.oci.ByteSize;
import io.wherry.oci.DeviceNode;
import io.wherry.oci.Mount;
import io.wherry.oci.Namespace;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A configuration as bwrap's arguments: bwrap(1) of 0.8. They are carried out in their order, so what covers comes behind what is covered. */
final class BwrapArguments {
    private static final String INIT_ANNOTATION = "io.wherry.init";

    private final RuntimeConfig config;
    private final String root;
    private final List<String> list = new ArrayList<>();

    /**
     * Of a container.
     *
     * @param root absolute path of its root
     */
    BwrapArguments(RuntimeConfig config, String root) {
        this.config = config;
        this.root = root;
    }

    /** {@return all but the program's own name and the numbers of descriptors} */
    List<String> list() {
        namespaces();
        add("--bind", root, "/");
        for (Mount mount : config.mounts()) {
            mount(mount);
        }
        for (DeviceNode device : config.linux().devices()) {
            add("--dev-bind", device.path(), device.path());
        }
        for (String path : config.linux().maskedPaths()) {
            mask(path);
        }
        if (!config.process().cwd().equals("/")) {
            add("--dir", config.process().cwd());
        }
        if (config.root().readonly()) {
            add("--remount-ro", "/"); // behind all that makes its own mount points
        }
        process();
        return list;
    }

    private void add(String... words) {
        list.addAll(List.of(words));
    }

    private boolean has(Namespace.Type type) {
        return config.linux().namespace(type).isPresent();
    }

    /** The network is the strand's own already, and so is a user's user namespace. */
    private void namespaces() {
        add("--die-with-parent");
        if (has(Namespace.Type.PID)) {
            add("--unshare-pid");
            if (!config.annotations().containsKey(INIT_ANNOTATION)) {
                add("--as-pid-1");
            }
        }
        if (has(Namespace.Type.IPC)) {
            add("--unshare-ipc");
        }
        if (has(Namespace.Type.UTS)) {
            add("--unshare-uts");
            config.hostname().ifPresent(name -> add("--hostname", name));
        }
        if (has(Namespace.Type.CGROUP)) {
            add("--unshare-cgroup");
        }
        if (isAnother()) {
            long uid = config.process().user().uid();
            long gid = config.process().user().gid();
            add("--unshare-user", "--uid", Long.toString(uid), "--gid", Long.toString(gid));
        }
    }

    /** Another user than root: bwrap gives an id of one's own in a user namespace only. */
    private boolean isAnother() {
        return config.process().user().uid() != 0 || config.process().user().gid() != 0;
    }

    private void mount(Mount mount) {
        String type = mount.type().orElse("bind");
        String target = mount.destination();
        if (mount.isBind()) {
            boolean readOnly = mount.options().contains("ro");
            add(readOnly ? "--ro-bind" : "--bind", mount.source().orElseThrow(), target);
        } else if (target.equals("/dev") && type.equals("tmpfs")) {
            add("--dev", target);
        } else if (type.equals("proc")) {
            add("--proc", target);
        } else if (type.equals("mqueue")) {
            add("--mqueue", target);
        } else if (type.equals("sysfs")) {
            add("--ro-bind", "/sys", target);
        } else if (type.equals("cgroup")) {
            add("--tmpfs", target);
        } else if (type.equals("tmpfs")) {
            tmpfs(mount);
        } else if (!type.equals("devpts")) { // a part of --dev
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot mount a " + type + " at " + target + ": bubblewrap has no option for that.",
                    "The native runtime can: leave --runtime out.");
        }
    }

    private void tmpfs(Mount mount) {
        for (String option : mount.options()) {
            if (option.startsWith("mode=")) {
                add("--perms", option.substring("mode=".length()));
            } else if (option.startsWith("size=")) {
                add(
                        "--size",
                        Long.toString(ByteSize.parse(option.substring("size=".length()))
                                .bytes()));
            }
        }
        add("--tmpfs", mount.destination());
        if (mount.options().contains("ro")) {
            add("--remount-ro", mount.destination());
        }
    }

    /** What the kernel shows there is the same inside and outside, so outside tells whether it is there, and of which kind. */
    private void mask(String path) {
        Path outside = Path.of(path);
        boolean shown = path.startsWith("/proc/") || path.startsWith("/sys/");
        if (!shown || !Files.exists(outside)) {
            return;
        }
        if (Files.isDirectory(outside)) {
            add("--tmpfs", path, "--remount-ro", path);
        } else {
            add("--ro-bind", "/dev/null", path);
        }
    }

    private void process() {
        ProcessConfig process = config.process();
        add("--cap-drop", "ALL");
        if (!isAnother()) {
            for (String capability : process.capabilities().bounding()) {
                add("--cap-add", capability);
            }
        }
        add("--clearenv");
        for (String variable : process.env()) {
            int equals = variable.indexOf('=');
            add("--setenv", variable.substring(0, equals), variable.substring(equals + 1));
        }
        add("--chdir", process.cwd(), "--");
        list.addAll(process.args());
    }
}
