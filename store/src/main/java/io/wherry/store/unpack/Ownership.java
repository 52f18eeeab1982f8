package io.wherry.store.unpack;

/** Whose files a layer's files become. */
public enum Ownership {
    /** As the archive says, seen through the writer's user namespace. */
    KEEP,
    /** All of them root's: for a user with a single id. */
    FLATTEN
}
