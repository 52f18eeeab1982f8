package io.wherry.registry;

import org.jspecify.annotations.Nullable;

/** What somebody wants of a registry, in the words of hints. */
enum Verb {
    PULL("pull it"),
    PUSH("push to it"),
    LIST("list it"),
    LOGIN("log in");

    private final String words;

    Verb(String words) {
        this.words = words;
    }

    /** {@return what to do about an answer that is no success} */
    @Nullable
    String hint(String registry, int status, String identity) {
        if (status == 401 && this == LOGIN) {
            return "Check the name and the password.";
        } else if (status == 401) {
            return identity.startsWith("no credentials")
                    ? "Log in to `" + registry + "`"
                            + (this == PUSH ? "." : ", or check the name: registries hide what they do not show.")
                    : "The stored credentials were refused: log in to `" + registry + "` again.";
        } else if (status == 403) {
            return "This account may not " + words + ".";
        } else if (status == 404) {
            return this == PUSH
                    ? "Check the name: some registries want a repository to be made first."
                    : "Check the name and the tag.";
        } else if (status == 429) {
            return "Wait, or log in: registries limit how much strangers pull.";
        } else if (status == 405 && this == PUSH) {
            return "The registry may be one to read from only, or a mirror.";
        }
        return null;
    }
}
