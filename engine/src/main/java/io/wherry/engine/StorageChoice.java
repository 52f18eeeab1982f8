package io.wherry.engine;

/**
 * How layers and roots of containers to come are kept.
 *
 * @param driver {@code overlay}, {@code btrfs} or {@code dir}
 * @param why half a sentence
 */
public record StorageChoice(String driver, String why) {}
