package io.wherry.kernel.tree;

/**
 * What entries take of a disk.
 *
 * @param entries how many there are, folders included
 * @param bytes that are allocated for them, in whole blocks; each of several names of one file counts its share
 * @param size of all regular files together, whatever is allocated for them
 * @param skipped folders that lie so deep that nobody looked into them: with any, the rest is a lower bound
 */
public record TreeUsage(long entries, long bytes, long size, long skipped) {}
