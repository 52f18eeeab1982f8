package io.wherry.engine;

import io.wherry.runtime.RuntimeKind;

/**
 * A runtime that a container could be given here.
 *
 * @param name for {@code --runtime}
 * @param program absolute path of the tool; empty for none, or where it is missing
 * @param version as the tool tells it; empty where it does not
 * @param missing why it cannot be used here; empty if it can
 */
public record RuntimeListing(String name, RuntimeKind kind, String program, String version, String missing) {}
