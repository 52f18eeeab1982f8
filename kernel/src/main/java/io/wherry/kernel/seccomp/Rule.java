package io.wherry.kernel.seccomp;

import java.util.List;

/**
 * What happens to some calls: to all of these names, if every condition holds. Alternatives are further rules. (In OCI's
 * {@code args} two conditions on the <em>same</em> argument are alternatives in runc; who translates writes two rules.)
 *
 * @param names of system calls as in {@code syscalls(2)}; names that no table knows are reported by the compiler, names
 *     that an architecture lacks are without effect there
 * @param number the error of {@link Action#ERRNO} (0 to 4095) or the message of {@link Action#TRACE} (0 to 65535);
 *     any other action takes none, and what is given becomes 0
 * @param conditions all must hold; empty for always
 */
public record Rule(List<String> names, Action action, int number, List<Condition> conditions) {
    public Rule {
        names = List.copyOf(names);
        conditions = List.copyOf(conditions);
        number = checkNumber(action, number);
    }

    public static Rule allow(List<String> names) {
        return new Rule(names, Action.ALLOW, 0, List.of());
    }

    public static Rule allow(String name, Condition... conditions) {
        return new Rule(List.of(name), Action.ALLOW, 0, List.of(conditions));
    }

    public static Rule errno(int errno, String name, Condition... conditions) {
        return new Rule(List.of(name), Action.ERRNO, errno, List.of(conditions));
    }

    /** {@return the number; 0 for an action that takes none} */
    static int checkNumber(Action action, int number) {
        if (action != Action.ERRNO && action != Action.TRACE) {
            return 0;
        }
        int limit = action == Action.ERRNO ? 4095 : 65_535;
        if (number < 0 || number > limit) {
            throw new IllegalArgumentException(
                    "the number of seccomp action " + action.name() + " must be 0 to " + limit + ", not " + number);
        }
        return number;
    }
}
