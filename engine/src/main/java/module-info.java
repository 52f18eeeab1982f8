/** The public Java API: images and containers. */
module io.wherry.engine {
    requires static org.jspecify;
    requires transitive io.wherry.oci;
    requires transitive io.wherry.kernel;
    requires transitive io.wherry.registry;
    requires transitive io.wherry.store;
    requires transitive io.wherry.network;
    requires transitive io.wherry.runtime;

    exports io.wherry.engine;
    exports io.wherry.engine.event;
    exports io.wherry.engine.log;
}
