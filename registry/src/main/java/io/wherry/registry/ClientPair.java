package io.wherry.registry;

import java.nio.file.Path;

/**
 * With which certificate we prove to a registry who we are.
 *
 * @param certificate in PEM form, with its chain
 * @param key in PEM form, unencrypted; may be the same file
 */
public record ClientPair(Path certificate, Path key) {}
