package io.wherry.engine;

/**
 * What a container did to one of its image's files.
 *
 * @param letter A: added, C: changed, or for a folder something in it, D: deleted with all that was in it
 * @param path below the root, a byte string ({@link io.wherry.kernel.tree.BytePath})
 */
public record FileChange(String letter, String path) {}
