package io.wherry.cli.table;

import java.util.List;

/**
 * The row of one command.
 *
 * @param name the shortest name: {@code ps}
 * @param aliases other names, some of two words: {@code container ls}
 * @param section the heading of help that it stands below
 * @param cache which ahead-of-time cache the launcher gives its JVM
 * @param operands what it takes beside options
 * @param summary one sentence without a full stop
 * @param examples command lines that work as they stand
 */
public record Row(
        String name,
        List<String> aliases,
        Section section,
        Cache cache,
        Operands operands,
        String summary,
        List<String> examples) {

    /** A heading of the list of commands, in the order of help. */
    public enum Section {
        CONTAINERS("Containers"),
        IMAGES("Images"),
        VOLUMES("Volumes"),
        HOST("This host"),
        HELP("Help"),
        HIDDEN("");

        private final String title;

        Section(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }
    }

    /** An ahead-of-time cache. All its classes are loaded when the JVM starts, so each is as small as its commands allow; a later one has what an earlier one has. */
    public enum Cache {
        /** For what starts a container, and nothing else. */
        RUN("run"),
        /** For the other commands that answer at once. */
        HOT("hot"),
        /** For everything. */
        FULL("full");

        private final String word;

        Cache(String word) {
            this.word = word;
        }

        /** {@return its name in the launcher's list and in file names} */
        public String word() {
            return word;
        }
    }
}
