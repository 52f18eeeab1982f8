/** Networks as steps of a kernel program. */
module io.wherry.network {
    requires static org.jspecify;
    requires transitive io.wherry.kernel;

    exports io.wherry.network;
}
