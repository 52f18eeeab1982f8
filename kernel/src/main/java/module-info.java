/** Typed steps, the kernel program, and the launcher that runs it. */
module io.wherry.kernel {
    requires static org.jspecify;
    requires transitive io.wherry.oci;

    exports io.wherry.kernel;
    exports io.wherry.kernel.tree;
}
