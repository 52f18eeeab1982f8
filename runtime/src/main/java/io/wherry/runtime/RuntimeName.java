package io.wherry.runtime;

import io.wherry.oci.WherryException;

/**
 * Which runtime a container is to have. Who may name a program by its path runs that program with the rights of the engine: so only the local user who owns the state can, and whoever
 * speaks for others, a server or a program that embeds the engine, has no way to make such a name by accident.
 */
public sealed interface RuntimeName {

    /** {@return the word, as it was given} */
    String text();

    /**
     * A configured name, a stock one such as {@code native} or {@code crun}, or a shim's such as {@code io.containerd.runc.v2}.
     *
     * @param text without a slash
     */
    record Named(String text) implements RuntimeName {
        /** Checks the word. */
        public Named {
            if (text.isEmpty() || text.indexOf('/') >= 0 || text.startsWith(".") || text.indexOf('\0') >= 0) {
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "`" + text + "` is not the name of a runtime.",
                        "A program's path is taken from the owner of the state alone: on the command line, or in the configuration.");
            }
        }
    }

    /**
     * A program with the command line of an OCI runtime.
     *
     * @param text its absolute path
     */
    record Program(String text) implements RuntimeName {
        /** Checks the path. */
        public Program {
            if (!text.startsWith("/")) {
                throw new WherryException(
                        WherryException.Kind.INVALID, "The path of the runtime `" + text + "` is not absolute.");
            }
        }
    }

    /** {@return the name that anybody may say} @throws WherryException of kind INVALID for a path */
    static RuntimeName of(String word) {
        return new Named(word);
    }

    /** {@return the name that the owner of the state says: it may be a path} */
    static RuntimeName ofOwner(String word) {
        return word.indexOf('/') >= 0 ? new Program(word) : new Named(word);
    }
}
