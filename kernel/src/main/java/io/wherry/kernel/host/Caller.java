package io.wherry.kernel.host;

/**
 * Who called, as the launcher saw it.
 *
 * @param uid effective user id
 * @param systemRoot whether that is system root: 0, where every id is mapped to itself
 * @param word stands for the caller, the boot and whatever else facts are derived from: with another word, facts that were kept are void
 */
public record Caller(int uid, boolean systemRoot, String word) {

    /**
     * {@return the caller of the launcher's word {@code UID.GID.ROOT.HASH}}
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Caller parse(String word) {
        int first = word.indexOf('.');
        int second = word.indexOf('.', first + 1);
        int third = word.indexOf('.', second + 1);
        if (first < 0 || second < 0 || third < 0) {
            throw new IllegalArgumentException("not a caller: `" + word + "`");
        }
        return new Caller(
                Integer.parseInt(word.substring(0, first)),
                word.substring(second + 1, third).equals("1"),
                word);
    }
}
