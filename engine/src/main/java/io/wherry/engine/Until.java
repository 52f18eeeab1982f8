package io.wherry.engine;

/** What somebody waits for, by Docker's words. */
public enum Until {
    /** The container does not run: it has ended, or has never been started. */
    NOT_RUNNING("not-running"),
    /** An end that is still to come. */
    NEXT_EXIT("next-exit"),
    /** The container is not there any more. */
    REMOVED("removed");

    private final String word;

    Until(String word) {
        this.word = word;
    }

    /** {@return what a word means} */
    public static Until of(String word) {
        for (Until until : values()) {
            if (until.word.equals(word)) {
                return until;
            }
        }
        throw new IllegalArgumentException("nobody can wait for `" + word + "`");
    }
}
