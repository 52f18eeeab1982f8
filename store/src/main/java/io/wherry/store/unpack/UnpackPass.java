package io.wherry.store.unpack;

/** Which entries a reading of the archive carries out. */
public enum UnpackPass {
    ALL,
    /** Whiteouts only: the first of two readings of an archive that has whiteouts behind what they must not hide. */
    WHITEOUTS,
    /** All others: the second. */
    ENTRIES
}
