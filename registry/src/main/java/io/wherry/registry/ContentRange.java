package io.wherry.registry;

/**
 * The part of a whole that an answer with status 206 says it holds; nothing where it does not say so.
 *
 * @param total of the whole; -1 if the server does not know
 * @see "RFC 9110, section 14.4"
 */
record ContentRange(long first, long last, long total) {
    private static final ContentRange NONE = new ContentRange(-1, -1, -1);

    static ContentRange of(Answer answer) {
        return parse(answer.header("Content-Range"));
    }

    static ContentRange parse(String text) {
        int dash = text.indexOf('-');
        int slash = text.indexOf('/');
        if (!text.startsWith("bytes ") || dash < 0 || slash < dash) {
            return NONE;
        }
        try {
            String total = text.substring(slash + 1).trim();
            return new ContentRange(
                    Long.parseLong(text.substring("bytes ".length(), dash).trim()),
                    Long.parseLong(text.substring(dash + 1, slash).trim()),
                    total.equals("*") ? -1 : Long.parseLong(total));
        } catch (NumberFormatException e) {
            return NONE;
        }
    }

    /** {@return whether this is everything from {@code offset} to the end of {@code size} bytes} */
    boolean startsAt(long offset, long size) {
        return first == offset && last == size - 1 && (total == size || total == -1);
    }
}
