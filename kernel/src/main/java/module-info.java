/** Typed steps, the kernel program, and the launcher that runs it. */
module io.wherry.kernel {
    requires static org.jspecify;
    requires transitive io.wherry.oci;

    exports io.wherry.kernel.caps;
    exports io.wherry.kernel.devices;
    exports io.wherry.kernel.host;
    exports io.wherry.kernel.launch;
    exports io.wherry.kernel.netlink;
    exports io.wherry.kernel.nftables;
    exports io.wherry.kernel.program;
    exports io.wherry.kernel.seccomp;
    exports io.wherry.kernel.step;
    exports io.wherry.kernel.tree;
}
