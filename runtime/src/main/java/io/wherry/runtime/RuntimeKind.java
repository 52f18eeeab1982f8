package io.wherry.runtime;

/** The kinds of runtime, with what each promises: refusals, {@code wherry runtimes} and the README come from here. */
public enum RuntimeKind {
    /** The kernel's own means. */
    NATIVE("native", "namespaces, capabilities, a filter of system calls, control groups"),
    /** bwrap(1). */
    BWRAP("bwrap", "namespaces, capabilities, a filter of system calls; no program gains rights"),
    /** runc and whatever has its command line. */
    OCI("oci", "the runtime's own: namespaces with runc and crun, a kernel of its own with runsc"),
    /** liblxc's commands. */
    LXC("lxc", "namespaces, capabilities, a filter of system calls, control groups; AppArmor where the host has it"),
    /** Any containerd shim. */
    SHIM("shim", "the shim's own: namespaces with runc's, a kernel or a machine of its own with others"),
    /** Another root, and nothing else between it and the host: for development environments. */
    CHROOT("chroot", "none but another root: all devices, all rights of the caller, the host's network");

    private final String word;
    private final String walls;

    RuntimeKind(String word, String walls) {
        this.word = word;
        this.walls = walls;
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
        return PromiseTable.of(this, promise).kept();
    }

    /** {@return why it cannot be asked for, or how far it is kept; empty if it is kept whole} */
    public String note(Promise promise) {
        return PromiseTable.of(this, promise).text();
    }
}
