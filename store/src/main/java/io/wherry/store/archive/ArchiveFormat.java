package io.wherry.store.archive;

/** What an archive of images looks like. */
public enum ArchiveFormat {
    /** An OCI image layout with manifest.json and repositories beside it: what Docker writes since version 25. Old readers and new ones take it. */
    DOCKER,
    /** What Docker wrote before: manifest.json, and each layer as a plain tar in a folder of its own. */
    DOCKER_ARCHIVE,
    /** An OCI image layout in a tar, and nothing else. */
    OCI_ARCHIVE,
    /** An OCI image layout as a folder. */
    OCI_DIR
}
