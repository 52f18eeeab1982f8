package io.wherry.engine;

import io.wherry.oci.WherryException;

/**
 * What follows when a container ends by itself. A container that a user stopped stays down until the next boot at least.
 *
 * @param kind which policy
 * @param most how often it is restarted at most since it was started by somebody; 0 for no limit; only with {@link Kind#ON_FAILURE}
 */
public record RestartPolicy(Kind kind, int most) {
    /** It stays ended. */
    public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);

    /** The policies, by Docker's names. */
    public enum Kind {
        /** It stays ended. */
        NO("no"),
        /** It is started again if it did not end with 0. */
        ON_FAILURE("on-failure"),
        /** It is started again, and at each boot. */
        ALWAYS("always"),
        /** The same, but not at a boot if a user had stopped it. */
        UNLESS_STOPPED("unless-stopped");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** {@return the word that users see} */
        public String word() {
            return word;
        }
    }

    /** Refuses a limit where none can be. */
    public RestartPolicy {
        if (most < 0 || (most > 0 && kind != Kind.ON_FAILURE)) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The restart policy `" + kind.word() + "` takes no number of restarts; only `on-failure` does.");
        }
    }

    /**
     * {@return the policy that a word means: {@code no}, {@code always}, {@code unless-stopped}, {@code on-failure}, {@code on-failure:5}}
     *
     * @throws WherryException of kind INVALID if it means none
     */
    public static RestartPolicy parse(String word) {
        int colon = word.indexOf(':');
        String name = colon < 0 ? word : word.substring(0, colon);
        for (Kind kind : Kind.values()) {
            if (kind.word().equals(name)) {
                return new RestartPolicy(kind, colon < 0 ? 0 : count(word, word.substring(colon + 1)));
            }
        }
        throw invalid(word);
    }

    private static int count(String word, String digits) {
        try {
            return Integer.parseUnsignedInt(digits) & Integer.MAX_VALUE;
        } catch (NumberFormatException e) {
            throw invalid(word);
        }
    }

    private static WherryException invalid(String word) {
        return new WherryException(
                WherryException.Kind.INVALID,
                "`" + word + "` is not a restart policy.",
                "There are `no`, `on-failure[:MOST]`, `always` and `unless-stopped`.");
    }

    /** {@return the word that {@link #parse} understands} */
    public String text() {
        return most == 0 ? kind.word() : kind.word() + ":" + most;
    }
}
