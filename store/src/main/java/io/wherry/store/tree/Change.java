package io.wherry.store.tree;

import io.wherry.kernel.tree.TreeEntry;

/**
 * What a container made of one entry of its layers.
 *
 * @param path below the root
 * @param entry as it is now; of one that is gone as it was
 */
public record Change(Kind kind, String path, TreeEntry entry) {
    /** In the letters of {@code diff}. */
    public enum Kind {
        ADDED("A"),
        /** Its metadata or content; or a folder that something below was changed in. */
        CHANGED("C"),
        /** With all below it, of which nothing more is said. */
        DELETED("D");

        private final String letter;

        Kind(String letter) {
            this.letter = letter;
        }

        public String letter() {
            return letter;
        }
    }
}
