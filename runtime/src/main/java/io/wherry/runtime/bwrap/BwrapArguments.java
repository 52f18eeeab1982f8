package io.wherry.runtime.bwrap;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.ByteSize;
import io.wherry.oci.DeviceNode;
import io.wherry.oci.Mount;
import io.wherry.oci.Namespace;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.pilot.InsideIds;
import io.wherry.runtime.pilot.MaskedPath;
import io.wherry.runtime.pilot.PilotStrand;
import java.util.ArrayList;
import java.util.List;

/** A configuration as bwrap's arguments: bwrap(1) of 0.8. They are carried out in their order, so what covers comes behind what is covered. */
final class BwrapArguments {
    private final RuntimeConfig config;
    private final String root;
    private final HostFacts facts;
    private final List<String> list = new ArrayList<>();

    /**
     * Of a container.
     *
     * @param root absolute path of its root
     */
    BwrapArguments(RuntimeConfig config, String root, HostFacts facts) {
        this.config = config;
        this.root = root;
        this.facts = facts;
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
        for (MaskedPath masked : MaskedPath.of(config)) {
            mask(masked);
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
            if (!config.annotations().containsKey(PilotStrand.INIT_ANNOTATION)) {
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

    /** Another user than the one it is started as: bwrap gives an id of one's own in a user namespace only. */
    private boolean isAnother() {
        InsideIds ids = InsideIds.of(config, facts);
        return config.process().user().uid() != ids.uid()
                || config.process().user().gid() != ids.gid();
    }

    private void mount(Mount mount) {
        String type = mount.type().orElse("bind");
        String target = mount.destination();
        if (mount.isBind()) {
            boolean readOnly = mount.options().contains("ro");
            String source = mount.source().orElseThrow();
            String writable = source.startsWith("/dev/") ? "--dev-bind" : "--bind";
            add(readOnly ? "--ro-bind" : writable, source, target);
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

    private void mask(MaskedPath masked) {
        if (masked.folder()) {
            add("--tmpfs", masked.path(), "--remount-ro", masked.path());
        } else {
            add("--ro-bind", "/dev/null", masked.path());
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
