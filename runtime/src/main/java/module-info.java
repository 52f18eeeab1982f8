/** Runtimes: one contract, a package per kind. */
module io.wherry.runtime {
    requires static org.jspecify;
    requires transitive io.wherry.oci;
    requires transitive io.wherry.kernel;

    exports io.wherry.runtime;
    exports io.wherry.runtime.native_;
}
