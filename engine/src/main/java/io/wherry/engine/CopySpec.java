package io.wherry.engine;

/**
 * What is to be copied where: {@code CONTAINER:PATH}, a path of this host, or {@code -} for a tar archive.
 *
 * @param archive whether owners, all bits of modes, extended attributes and devices go along
 * @param followLink whether a source that is a link is what it leads to
 */
public record CopySpec(String from, String to, boolean archive, boolean followLink) {
    static final String STREAM = "-";

    /** {@return the container's name in a word; empty for a path of this host} As docker: what begins with a dot or a slash is one. */
    static String container(String word) {
        int colon = word.indexOf(':');
        boolean path = word.startsWith("/") || word.startsWith(".") || word.equals(STREAM);
        return path || colon <= 0 ? "" : word.substring(0, colon);
    }

    /** {@return the path in a word that names a container} */
    static String path(String word) {
        return word.substring(word.indexOf(':') + 1);
    }

    public boolean fromStream() {
        return from.equals(STREAM);
    }

    public boolean toStream() {
        return to.equals(STREAM);
    }
}
