package io.wherry.runtime.lxc;

import io.wherry.kernel.seccomp.Action;
import io.wherry.kernel.seccomp.Condition;
import io.wherry.kernel.seccomp.Filter;
import io.wherry.kernel.seccomp.Operator;
import io.wherry.kernel.seccomp.Rule;
import java.util.Optional;

/** A filter of system calls in liblxc's own format, version 2 (lxc.container.conf(5), "SECCOMP CONFIGURATION"). Stateless. */
final class LxcSeccomp {
    private LxcSeccomp() {}

    static Optional<String> profile(Optional<Filter> filter) {
        if (filter.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("2\n");
        boolean allows = filter.get().defaultAction() != Action.ALLOW;
        text.append(allows ? "allowlist " : "denylist ")
                .append(
                        allows
                                ? action(
                                        filter.get().defaultAction(),
                                        filter.get().defaultNumber())
                                : "allow")
                .append("\n[all]\n");
        for (Rule rule : filter.get().rules()) {
            for (String name : rule.names()) {
                text.append(name).append(' ').append(action(rule.action(), rule.number()));
                for (Condition condition : rule.conditions()) {
                    text.append(' ').append(condition(condition));
                }
                text.append('\n');
            }
        }
        return Optional.of(text.toString());
    }

    private static String action(Action action, int number) {
        return switch (action) {
            case ALLOW, LOG, TRACE -> "allow";
            case ERRNO -> "errno " + number;
            case TRAP -> "trap";
            case KILL_THREAD, KILL_PROCESS -> "kill";
        };
    }

    /** Of a masked comparison the value stands first, and the mask last. */
    private static String condition(Condition condition) {
        String mask = condition.operator() == Operator.MASKED_EQ ? "," + Long.toUnsignedString(condition.mask()) : "";
        return "[" + condition.argument() + "," + Long.toUnsignedString(condition.value()) + ",SCMP_CMP_"
                + condition.operator().name() + mask + "]";
    }
}
