package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A user as a container knows it: looked up in the passwd and group files inside its root, parsed here and not by a C library that the image could have prepared.
 *
 * <p>Digits are always a number and never a name, and a number out of range is an error: {@code -1} or {@code 4294967296} must not become root.
 *
 * @param uid 0 to 2^31-1
 * @param gid 0 to 2^31-1
 * @param groups supplementary groups
 * @param home the home folder, {@code /} if unknown
 */
record Account(long uid, long gid, List<Long> groups, String home) {
    private static final long LARGEST = Integer.MAX_VALUE;

    Account {
        groups = List.copyOf(groups);
    }

    /**
     * {@return the account}
     *
     * @param text {@code user[:group]}, names or numbers; empty for root
     * @param extra more groups, names or numbers
     * @param passwd content of /etc/passwd inside the root; empty if there is none
     * @param group content of /etc/group inside the root; empty if there is none
     */
    static Account lookUp(String text, List<String> extra, byte[] passwd, byte[] group) {
        String wanted = text.isEmpty() ? "0" : text;
        int colon = wanted.indexOf(':');
        String user = colon < 0 ? wanted : wanted.substring(0, colon);
        String primary = colon < 0 ? "" : wanted.substring(colon + 1);
        if (user.isEmpty() || (colon >= 0 && primary.isEmpty()) || primary.indexOf(':') >= 0) {
            throw invalid(text, "it is not of the form user[:group]");
        }
        String[] entry = entry(user, passwd, 2);
        long uid = entry.length > 0 ? number(entry[2], text) : named(user, text, "user");
        long gid = entry.length > 3 ? number(entry[3], text) : 0;
        String home = entry.length > 5 && entry[5].startsWith("/") ? entry[5] : uid == 0 ? "/root" : "/";
        List<Long> groups = new ArrayList<>();
        if (primary.isEmpty()) {
            if (entry.length > 0) {
                memberships(entry[0], group, groups);
            }
        } else {
            String[] found = entry(primary, group, 2);
            gid = found.length > 0 ? number(found[2], text) : named(primary, text, "group");
        }
        for (String name : extra) {
            String[] found = entry(name, group, 2);
            groups.add(found.length > 0 ? number(found[2], name) : named(name, name, "group"));
        }
        return new Account(uid, gid, groups, home);
    }

    private static void memberships(String user, byte[] group, List<Long> groups) {
        for (String line : lines(group)) {
            String[] parts = line.split(":", -1);
            if (parts.length >= 4 && isNumber(parts[2])) {
                for (String member : parts[3].split(",")) {
                    if (member.equals(user)) {
                        groups.add(number(parts[2], user));
                    }
                }
            }
        }
    }

    /** {@return the first line whose name, or number if that is what was asked, fits; empty if none does} */
    private static String[] entry(String wanted, byte[] file, int numberField) {
        if (isNumber(wanted)) {
            String digits = significant(wanted);
            for (String line : lines(file)) {
                String[] parts = line.split(":", -1);
                if (parts.length > numberField
                        && isNumber(parts[numberField])
                        && significant(parts[numberField]).equals(digits)) {
                    return parts;
                }
            }
        } else if (!isSigned(wanted)) {
            for (String line : lines(file)) {
                String[] parts = line.split(":", -1);
                if (parts.length > numberField && isNumber(parts[numberField]) && parts[0].equals(wanted)) {
                    return parts;
                }
            }
        }
        return new String[0];
    }

    private static long named(String value, String text, String what) {
        if (isNumber(value)) {
            return number(value, text);
        }
        if (isSigned(value) || value.isBlank()) {
            throw invalid(text, "`" + value + "` is neither a name nor a number from 0 to " + LARGEST);
        }
        throw invalid(
                text,
                "there is no " + what + " `" + value + "` in the container's /etc/"
                        + (what.equals("user") ? "passwd" : "group"));
    }

    private static long number(String value, String text) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0 && number <= LARGEST) {
                return number;
            }
        } catch (NumberFormatException e) {
            // too many digits: out of range, as below
        }
        throw invalid(text, value + " is not between 0 and " + LARGEST);
    }

    /** {@return digits without leading zeros: `01000` is the user 1000 and has that user's group} */
    private static String significant(String digits) {
        int start = 0;
        while (start < digits.length() - 1 && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    /** {@return whether it looks like a number with a sign, which no image may make a name of} */
    private static boolean isSigned(String text) {
        return text.startsWith("-") || text.startsWith("+");
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static String[] lines(byte[] file) {
        return file.length == 0 ? new String[0] : new String(file, StandardCharsets.UTF_8).split("\n");
    }

    private static WherryException invalid(String text, String why) {
        return new WherryException(WherryException.Kind.INVALID, "Cannot run as `" + text + "`: " + why + ".");
    }
}
