package io.wherry.kernel.step;

import io.wherry.kernel.caps.Capability;

/** Prints sets of capabilities in descriptions of steps. */
final class Capabilities {
    private Capabilities() {}

    static String text(long set) {
        StringBuilder text = new StringBuilder();
        for (Capability capability : Capability.values()) {
            if ((set & (1L << capability.number())) != 0) {
                text.append(text.isEmpty() ? "" : " ").append(capability.name());
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
