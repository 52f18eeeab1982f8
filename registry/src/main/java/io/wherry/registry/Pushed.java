package io.wherry.registry;

/** How a blob came to be in a repository. */
public enum Pushed {
    /** It was there already. */
    PRESENT,
    /** The registry took it from another of its repositories. */
    MOUNTED,
    /** It was sent. */
    SENT
}
