/** The registry client. */
module io.wherry.registry {
    requires static org.jspecify;
    requires transitive io.wherry.oci;

    exports io.wherry.registry;
}
