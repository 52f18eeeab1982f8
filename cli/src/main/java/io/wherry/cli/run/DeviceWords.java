package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.engine.DeviceSelector;

/**
 * The value of {@code --device}.
 *
 * @param host the node on the host, absolute
 * @param container where it appears, absolute
 * @param access some of {@code r}, {@code w}, {@code m}
 */
record DeviceWords(String host, String container, String access) {

    /** Reads {@code /dev/x}, {@code /dev/x:/dev/y}, {@code /dev/x:rw}, {@code /dev/x:/dev/y:rwm}. */
    static DeviceWords parse(String text) throws BadValueException {
        int first = text.indexOf(':');
        String host = first < 0 ? text : text.substring(0, first);
        String rest = first < 0 ? "" : text.substring(first + 1);
        String container = host;
        String access = "rwm";
        if (first >= 0 && !isAccess(rest)) {
            int second = rest.indexOf(':');
            container = second < 0 ? rest : rest.substring(0, second);
            access = second < 0 ? access : rest.substring(second + 1);
        } else if (first >= 0) {
            access = rest;
        }
        if (!host.startsWith("/") || !container.startsWith("/") || !isAccess(access)) {
            throw BadValueException.wanted("`/dev/NODE[:/dev/NODE][:rwm]`", text);
        }
        return new DeviceWords(host, container, access);
    }

    private static boolean isAccess(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c != 'r' && c != 'w' && c != 'm') || text.indexOf(c) != i) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Reads a path, or a selector, which stays as it is. {@return the same with all its parts} */
    static String spelled(String text) throws BadValueException {
        if (!DeviceSelector.is(text)) {
            return parse(text).spelled();
        }
        DeviceSelector.parse(text);
        return text;
    }

    /** {@return the same with all three parts} */
    String spelled() {
        return host + ":" + container + ":" + access;
    }
}
