package io.wherry.kernel.tree;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.nio.charset.StandardCharsets;

/** Names of files as the kernel has them, bytes, kept one a char in a {@code String} (see the package). */
public final class BytePath {
    /** Longest name of one entry, in bytes. */
    public static final int NAME_LIMIT = 255;
    /** Longest path that a stream accepts, in bytes. */
    public static final int PATH_LIMIT = 4095;

    private static final int SHOWN = 200;

    private BytePath() {}

    /** {@return the bytes of this text in UTF-8} */
    public static String of(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    public static String of(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    /** {@return the path for people: as UTF-8, what would move a terminal's cursor as {@code ?}, cut at 200 bytes} */
    public static String show(String path) {
        boolean cut = path.length() > SHOWN;
        String text = new String(
                (cut ? path.substring(0, SHOWN) : path).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(text.length() + 3);
        text.codePoints().forEach(c -> out.appendCodePoint(isPlain(c) ? c : '?'));
        return cut ? out.append("...").toString() : out.toString();
    }

    private static boolean isPlain(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }

    /** {@return the folder of an entry; {@code ""} for an entry of the root} */
    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Refuses what is not in the form that the package describes. */
    static void check(String path) {
        int length = path.length();
        if (length > PATH_LIMIT) {
            throw new WherryException(
                    Kind.INVALID,
                    "The path `" + show(path) + "` has " + length + " bytes, at most " + PATH_LIMIT + " are accepted.");
        }
        int start = 0;
        while (start <= length && length > 0) {
            int end = path.indexOf('/', start);
            end = end < 0 ? length : end;
            checkName(path, start, end);
            start = end + 1;
        }
    }

    /** Refuses what the kernel cannot walk. */
    static void checkWalked(String path) {
        if (path.isEmpty() || path.length() > PATH_LIMIT || path.indexOf('\0') >= 0) {
            throw new WherryException(
                    Kind.INVALID,
                    "The path `" + show(path) + "` has " + path.length() + " bytes; it must have 1 to " + PATH_LIMIT
                            + ", none of them zero.");
        }
    }

    private static void checkName(String path, int start, int end) {
        int length = end - start;
        boolean dots = (length == 1 || length == 2) && path.charAt(start) == '.' && path.charAt(end - 1) == '.';
        if (length == 0 || dots || path.indexOf('\0', start, end) >= 0) {
            throw new WherryException(
                    Kind.INVALID, "The path `" + show(path) + "` has a part that names no entry of a folder.");
        }
        if (length > NAME_LIMIT) {
            throw new WherryException(
                    Kind.INVALID,
                    "The path `" + show(path) + "` has a name of " + length + " bytes, at most " + NAME_LIMIT
                            + " are possible.");
        }
    }
}
