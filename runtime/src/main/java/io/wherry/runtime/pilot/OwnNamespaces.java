package io.wherry.runtime.pilot;

import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.Namespaces;
import io.wherry.oci.Namespace;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;

/** The namespaces that a container has of its own (OCI runtime-spec, config-linux "Namespaces"). Stateless. */
public final class OwnNamespaces {
    private OwnNamespaces() {}

    /** {@return the set} */
    public static Namespaces of(RuntimeConfig config) {
        return new Namespaces(flags(config));
    }

    /** {@return CLONE_NEW… bits} */
    public static long flags(RuntimeConfig config) {
        long flags = 0;
        for (Namespace namespace : config.linux().namespaces()) {
            if (namespace.path().isPresent()) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "Cannot join the " + namespace.type().word() + " namespace at "
                                + namespace.path().get()
                                + ": the native runtime makes new namespaces or keeps the host's.");
            }
            flags |= switch (namespace.type()) {
                case PID -> Linux.CLONE_NEWPID;
                case NETWORK -> Linux.CLONE_NEWNET;
                case MOUNT -> Linux.CLONE_NEWNS;
                case IPC -> Linux.CLONE_NEWIPC;
                case UTS -> Linux.CLONE_NEWUTS;
                case USER -> Linux.CLONE_NEWUSER;
                case CGROUP -> Linux.CLONE_NEWCGROUP;
                case TIME -> 0; // its clocks would have to be set before; nothing asks for it yet
            };
        }
        return flags;
    }
}
