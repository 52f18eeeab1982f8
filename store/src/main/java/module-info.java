/** Images, layers and trees on disk. */
module io.wherry.store {
    requires static org.jspecify;
    requires transitive io.wherry.oci;
    requires transitive io.wherry.kernel;
    requires com.github.luben.zstd_jni;
    requires org.tukaani.xz;

    exports io.wherry.store.archive;
    exports io.wherry.store.content;
    exports io.wherry.store.disk;
    exports io.wherry.store.garbage;
    exports io.wherry.store.layer;
    exports io.wherry.store.pull;
    exports io.wherry.store.tar;
    exports io.wherry.store.tree;
    exports io.wherry.store.unpack;
    exports io.wherry.store.volume;
}
