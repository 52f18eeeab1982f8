package io.wherry.runtime;

import java.util.EnumMap;
import java.util.Map;

/** What each kind of runtime does not promise, and what it promises in part: the one place where that is said. Stateless. */
final class PromiseTable {
    private static final Map<RuntimeKind, Map<Promise, Note>> NOTES = notes();

    private static final String STARTS = "its devices are those of the start";
    private static final String NO_SHIM = "it has no shim to share";

    private PromiseTable() {}

    /**
     * What is to be said of a promise.
     *
     * @param kept whether it can be asked for
     */
    record Note(boolean kept, String text) {}

    private static final Note WHOLE = new Note(true, "");

    static Note of(RuntimeKind kind, Promise promise) {
        return NOTES.getOrDefault(kind, Map.of()).getOrDefault(promise, WHOLE);
    }

    private static Map<RuntimeKind, Map<Promise, Note>> notes() {
        Map<RuntimeKind, Map<Promise, Note>> notes = new EnumMap<>(RuntimeKind.class);
        notes.put(RuntimeKind.BWRAP, bwrap());
        notes.put(RuntimeKind.OCI, oci());
        notes.put(RuntimeKind.LXC, lxc());
        notes.put(RuntimeKind.SHIM, shim());
        notes.put(RuntimeKind.NATIVE, nativeOne());
        notes.put(RuntimeKind.CHROOT, chroot());
        return Map.copyOf(notes);
    }

    private static Map<Promise, Note> nativeOne() {
        Map<Promise, Note> notes = new EnumMap<>(Promise.class);
        partly(notes, Promise.SHARING, NO_SHIM);
        partly(notes, Promise.HOTPLUG, "for root, with control groups of version 1 or `--privileged`");
        return Map.copyOf(notes);
    }

    private static Map<Promise, Note> chroot() {
        Map<Promise, Note> notes = new EnumMap<>(Promise.class);
        partly(notes, Promise.SHARING, NO_SHIM);
        partly(notes, Promise.USER, "for an ordinary user: oneself, or root of a namespace of one's own");
        partly(notes, Promise.GROUPS, "for root; an ordinary user keeps the caller's");
        partly(notes, Promise.DEVICES, "all of the host's, with their permissions, at their places");
        partly(notes, Promise.PRIVILEGED, "always");
        never(notes, Promise.CAPABILITIES, "it has the caller's");
        never(notes, Promise.SECCOMP, "there is no wall that it could strengthen");
        never(notes, Promise.MASKED, "it is shown what the caller is shown");
        never(notes, Promise.NETWORK, "it has the host's network");
        never(notes, Promise.SYSCTL, "they are the host's own");
        return Map.copyOf(notes);
    }

    private static Map<Promise, Note> bwrap() {
        Map<Promise, Note> notes = new EnumMap<>(Promise.class);
        partly(notes, Promise.SHARING, NO_SHIM);
        never(notes, Promise.HOTPLUG, STARTS);
        partly(notes, Promise.USER, "one id, in a user namespace of its own, without capabilities");
        partly(notes, Promise.EXIT_CODES, "bwrap ends with 1 for both, and says why in the log");
        partly(notes, Promise.MASKED, "masked as elsewhere; what is read-only is what bwrap itself protects");
        never(notes, Promise.GROUPS, "bwrap sets no supplementary groups");
        never(notes, Promise.SETUID, "bwrap always forbids it");
        never(notes, Promise.DOMAINNAME, "bwrap has no option for it");
        never(notes, Promise.SYSCTL, "bwrap has no option for it");
        never(notes, Promise.PRIVILEGED, "bwrap is there to take rights away");
        return Map.copyOf(notes);
    }

    private static Map<Promise, Note> oci() {
        Map<Promise, Note> notes = new EnumMap<>(Promise.class);
        partly(notes, Promise.SHARING, NO_SHIM);
        never(notes, Promise.HOTPLUG, STARTS);
        partly(notes, Promise.EXIT_CODES, "as far as the runtime tells the cause");
        never(notes, Promise.INIT, "the runtime starts the command itself");
        return Map.copyOf(notes);
    }

    private static Map<Promise, Note> lxc() {
        Map<Promise, Note> notes = new EnumMap<>(Promise.class);
        partly(notes, Promise.SHARING, NO_SHIM);
        never(notes, Promise.HOTPLUG, STARTS);
        partly(
                notes,
                Promise.STOP,
                "lxc's init passes SIGTERM on to all, and kills them a second later; other signals go to the command");
        partly(notes, Promise.EXIT_CODES, "lxc's init ends with 255 for both; a system container's init has none");
        partly(notes, Promise.MASKED, "by lxc's own mounts, and masked as elsewhere");
        partly(notes, Promise.INIT, "always: lxc's own; none where the command is an init");
        never(notes, Promise.GROUPS, "LXC 4 has no option for them");
        never(notes, Promise.DOMAINNAME, "LXC has no option for it");
        never(notes, Promise.HOST_NAMESPACES, "LXC keeps the namespace of processes its own");
        never(notes, Promise.PRIVILEGED, "ask for the rights one by one");
        return Map.copyOf(notes);
    }

    private static Map<Promise, Note> shim() {
        Map<Promise, Note> notes = new EnumMap<>(Promise.class);
        never(notes, Promise.HOTPLUG, STARTS);
        partly(notes, Promise.EXEC, "if the shim can; the process outlives its monitor, should that be killed");
        partly(notes, Promise.PAUSE, "if the shim can");
        partly(notes, Promise.TERMINAL, "if the shim can");
        partly(notes, Promise.UPDATE, "in the control groups of the host");
        partly(notes, Promise.FIGURES, "from the control groups of the host");
        partly(notes, Promise.EXIT_CODES, "as far as the shim tells the cause");
        never(notes, Promise.INIT, "the shim starts the command itself");
        never(notes, Promise.SHARING, "a shim is where its container's root and network are, and ends with it");
        never(notes, Promise.HEALTH, "a check would have to join what only the shim can join");
        return Map.copyOf(notes);
    }

    private static void never(Map<Promise, Note> notes, Promise promise, String why) {
        notes.put(promise, new Note(false, why));
    }

    private static void partly(Map<Promise, Note> notes, Promise promise, String how) {
        notes.put(promise, new Note(true, how));
    }
}
