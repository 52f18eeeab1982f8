package io.wherry.engine;

/**
 * An image that cannot be used until it is pulled again.
 *
 * @param name its name
 * @param damage a sentence that says what is wrong
 */
public record DamagedImage(String name, String damage) {}
