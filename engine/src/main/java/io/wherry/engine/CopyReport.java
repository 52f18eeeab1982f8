package io.wherry.engine;

/**
 * What was copied.
 *
 * @param bytes of file data
 * @param leftOut sockets, devices that were not to be kept, and what changed while it was read
 */
public record CopyReport(long bytes, long leftOut) {}
