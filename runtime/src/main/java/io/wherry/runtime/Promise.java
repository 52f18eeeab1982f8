package io.wherry.runtime;

/** What a user may ask of a container that not every kind of runtime can do ({@link RuntimeKind}). */
public enum Promise {
    EXEC("one more process in it (`exec`)"),
    STOP("a stop signal, and the time it has (`stop`)"),
    PAUSE("freezing (`pause`)"),
    UPDATE("limits changed while it runs (`update`)"),
    FIGURES("figures (`stats`, `top`)"),
    HEALTH("health checks"),
    TERMINAL("a terminal"),
    EXIT_CODES("exit codes 126 and 127 for a command that cannot be executed, or is not there"),
    LIMITS("limits of memory, processors, processes"),
    USER("another user than root"),
    GROUPS("supplementary groups"),
    CAPABILITIES("capabilities, one by one"),
    SECCOMP("a filter of system calls"),
    SETUID("programs inside may gain rights (setuid)"),
    READ_ONLY("a root that cannot be written"),
    MASKED("kernel files masked or read-only"),
    MOUNTS("binds and temporary filesystems"),
    DEVICES("devices of the host"),
    HOTPLUG("devices that come and go (`--device` with a selector)"),
    NETWORK("networks"),
    HOST_NAMESPACES("namespaces of the host (`--pid host` and the like)"),
    HOSTNAME("a host name of its own"),
    DOMAINNAME("a domain name"),
    SYSCTL("kernel parameters"),
    ULIMIT("limits of a process (`--ulimit`)"),
    INIT("a small init (`--init`)"),
    PRIVILEGED("all rights (`--privileged`)"),
    SHARING("several containers in one shim (`--annotation io.containerd.runc.v2.group`)");

    private final String text;

    Promise(String text) {
        this.text = text;
    }

    /** {@return what it is, for people} */
    public String text() {
        return text;
    }
}
