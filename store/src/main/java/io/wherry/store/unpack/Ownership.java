package io.wherry.store.unpack;

/** Whose files a layer's files become. */
public enum Ownership {
    /** As the archive says, seen through the writer's user namespace. */
    KEEP,
    /** All of them root's: for a user with a single id. */
    FLATTEN,
    /**
     * All of them the caller's, to look into, change and delete with ordinary tools: folders can be entered and written by their owner, and no program is set-user-id, which would be
     * the caller's to anybody.
     */
    HAND_OVER
}
