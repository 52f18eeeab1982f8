package io.wherry.runtime;

import java.util.EnumMap;
import java.util.Map;

/**
 * The kinds of runtime, with what each promises: the one table that refusals, {@code wherry runtimes} and the README come from. What is not named is kept.
 */
public enum RuntimeKind {
    /** The kernel's own means. */
    NATIVE("native", "namespaces, capabilities, a filter of system calls, control groups"),
    /** bwrap(1). */
    BWRAP("bwrap", "namespaces, capabilities, a filter of system calls; no program gains rights"),
    /** runc and whatever has its command line. */
    OCI("oci", "the runtime's own: namespaces with runc and crun, a kernel of its own with runsc"),
    /** Another root, and nothing else between it and the host: for development environments. */
    CHROOT("chroot", "none but another root: all devices, all rights of the caller, the host's network");

    static {
        NATIVE.partly(Promise.HOTPLUG, "for root, with control groups of version 1 or `--privileged`");
        BWRAP.partly(Promise.USER, "one id, in a user namespace of its own, without capabilities")
                .partly(Promise.EXIT_CODES, "bwrap ends with 1 for both, and says why in the log")
                .partly(Promise.MASKED, "masked as elsewhere; what is read-only is what bwrap itself protects")
                .never(Promise.GROUPS, "bwrap sets no supplementary groups")
                .never(Promise.SETUID, "bwrap always forbids it")
                .never(Promise.HOTPLUG, "its devices are those of the start")
                .never(Promise.DOMAINNAME, "bwrap has no option for it")
                .never(Promise.SYSCTL, "bwrap has no option for it")
                .never(Promise.PRIVILEGED, "bwrap is there to take rights away");
        OCI.never(Promise.INIT, "the runtime starts the command itself")
                .never(Promise.HOTPLUG, "its devices are those of the start")
                .partly(Promise.EXIT_CODES, "as far as the runtime tells the cause");
        CHROOT.partly(Promise.USER, "for an ordinary user: oneself, or root of a namespace of one's own")
                .partly(Promise.GROUPS, "for root; an ordinary user keeps the caller's")
                .partly(Promise.DEVICES, "all of the host's, with their permissions, at their places")
                .partly(Promise.PRIVILEGED, "always")
                .never(Promise.CAPABILITIES, "it has the caller's")
                .never(Promise.SECCOMP, "there is no wall that it could strengthen")
                .never(Promise.MASKED, "it is shown what the caller is shown")
                .never(Promise.NETWORK, "it has the host's network")
                .never(Promise.SYSCTL, "they are the host's own");
    }

    private final String word;
    private final String walls;

    @SuppressWarnings("ImmutableEnumChecker") // filled before anybody sees it, and shown to nobody
    private final Map<Promise, String> refused = new EnumMap<>(Promise.class);

    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<Promise, String> limited = new EnumMap<>(Promise.class);

    RuntimeKind(String word, String walls) {
        this.word = word;
        this.walls = walls;
    }

    private RuntimeKind never(Promise promise, String why) {
        refused.put(promise, why);
        return this;
    }

    private RuntimeKind partly(Promise promise, String how) {
        limited.put(promise, how);
        return this;
    }

    /** {@return the kind's word in tables} */
    public String word() {
        return word;
    }

    /** {@return what stands between a container and the host} */
    public String walls() {
        return walls;
    }

    /** {@return whether it can be asked for} */
    public boolean keeps(Promise promise) {
        return !refused.containsKey(promise);
    }

    /** {@return why it cannot be asked for, or how far it is kept; empty if it is kept whole} */
    public String note(Promise promise) {
        return refused.getOrDefault(promise, limited.getOrDefault(promise, ""));
    }
}
