/** Images, layers and trees on disk. */
module io.wherry.store {
    requires static org.jspecify;
    requires transitive io.wherry.oci;
    requires transitive io.wherry.kernel;
    requires com.github.luben.zstd_jni;

    exports io.wherry.store.tar;
}
