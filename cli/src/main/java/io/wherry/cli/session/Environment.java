package io.wherry.cli.session;

import org.jspecify.annotations.Nullable;

/** The caller's environment variables. */
@FunctionalInterface
public interface Environment {
    /** {@return the value of a variable; null: it is not set} */
    @Nullable
    String get(String name);
}
