/** The registry client. */
module io.wherry.registry {
    requires static org.jspecify;
    requires transitive io.wherry.oci;
    requires java.net.http;

    exports io.wherry.registry;
}
