package io.wherry.testkit;

/**
 * One object of the kernel at one instant.
 *
 * @param kind what it is
 * @param name what identifies it: equal in two ledgers means the same object
 * @param detail for the reader only; may change while the object stays the same
 */
public record LedgerEntry(Kind kind, String name, String detail) {
    /** The kinds of objects, in the order in which differences are printed. */
    public enum Kind {
        /** {@code PID@START}: a living process or zombie of ours, by its start time in clock ticks since boot. */
        PROCESS,
        /** {@code type:[inode]}, held by one of our processes, descriptors or mounts. */
        NAMESPACE,
        /** A mount in our mount namespace or in that of one of our processes. */
        MOUNT,
        /** A folder in a hierarchy of control groups. */
        CGROUP,
        /** A network interface in our network namespace. */
        LINK,
        /** An address of an interface. */
        ADDRESS,
        /** A route in any table, or a routing rule. */
        ROUTE,
        /** An nftables table, chain, set or rule. */
        NFT,
        /** A loop device with its backing file. */
        LOOP_DEVICE,
        /** A unix socket with a name, in the filesystem or abstract. */
        UNIX_SOCKET,
        /** A System V segment, queue or semaphore. */
        SYSV_IPC,
        /** A kernel setting that engines touch, with its value. */
        SYSCTL,
        /** A file or folder below a root that the scope names, or a file that bears our name in a shared place. */
        FILE
    }

    @Override
    public String toString() {
        return kind + " " + name + (detail.isEmpty() ? "" : "  (" + detail + ")");
    }
}
