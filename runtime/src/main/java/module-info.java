/** Runtimes: one contract, a package per kind. */
module io.wherry.runtime {
    requires static org.jspecify;
    requires transitive io.wherry.oci;
    requires transitive io.wherry.kernel;

    exports io.wherry.runtime;
    exports io.wherry.runtime.native_;
    exports io.wherry.runtime.pilot;
    exports io.wherry.runtime.bwrap;
    exports io.wherry.runtime.oci;
    exports io.wherry.runtime.lxc;
    exports io.wherry.runtime.shim;
}
