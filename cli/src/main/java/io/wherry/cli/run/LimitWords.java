package io.wherry.cli.run;

import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Values;

/**
 * The value of {@code --ulimit}.
 *
 * @param name of getrlimit(2), in small letters without {@code RLIMIT_}
 * @param soft -1: unlimited
 * @param hard -1: unlimited
 */
record LimitWords(String name, long soft, long hard) {
    private static final String NAMES =
            "core|cpu|data|fsize|locks|memlock|msgqueue|nice|nofile|nproc|rss|rtprio|rttime" + "|sigpending|stack";

    /** Reads {@code NAME=SOFT[:HARD]}. */
    static LimitWords parse(String text) throws BadValueException {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw BadValueException.wanted("`NAME=SOFT[:HARD]` such as `nofile=1024:2048`", text);
        }
        String name = Values.choice(text.substring(0, equals), NAMES);
        int colon = text.indexOf(':', equals);
        long soft = limit(text.substring(equals + 1, colon < 0 ? text.length() : colon));
        long hard = colon < 0 ? soft : limit(text.substring(colon + 1));
        if (hard >= 0 && (soft < 0 || soft > hard)) {
            throw new BadValueException("takes a soft limit that is at most the hard one, not `" + text + "`.");
        }
        return new LimitWords(name, soft, hard);
    }

    private static long limit(String text) throws BadValueException {
        return text.equals("unlimited") ? -1 : Values.number(text, -1, Long.MAX_VALUE);
    }

    /** {@return the same in numbers, with both limits} */
    String spelled() {
        return name + "=" + soft + ":" + hard;
    }
}
