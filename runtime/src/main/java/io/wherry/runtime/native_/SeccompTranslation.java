package io.wherry.runtime.native_;

import io.wherry.kernel.seccomp.Action;
import io.wherry.kernel.seccomp.Architecture;
import io.wherry.kernel.seccomp.Condition;
import io.wherry.kernel.seccomp.Filter;
import io.wherry.kernel.seccomp.Operator;
import io.wherry.kernel.seccomp.Rule;
import io.wherry.oci.Seccomp;
import java.util.ArrayList;
import java.util.List;

/** A profile of the OCI runtime configuration as a filter of the kernel floor. Stateless. */
final class SeccompTranslation {
    private static final int EPERM = 1;

    private SeccompTranslation() {}

    static Filter filter(Seccomp profile) {
        List<Rule> rules = new ArrayList<>();
        for (Seccomp.Rule rule : profile.syscalls()) {
            List<Condition> conditions = new ArrayList<>();
            for (Seccomp.Arg arg : rule.args()) {
                conditions.add(condition(arg));
            }
            rules.add(new Rule(
                    rule.names(),
                    Action.ofOciName(rule.action().word()),
                    rule.errnoRet().orElse(EPERM),
                    conditions));
        }
        return new Filter(
                Action.ofOciName(profile.defaultAction().word()),
                profile.defaultErrnoRet().orElse(EPERM),
                architectures(profile),
                rules);
    }

    /** The machine's own architecture always; its 32-bit one if the profile names it, or names none. The x32 numbers are never open. */
    private static List<Architecture> architectures(Seccomp profile) {
        boolean narrow =
                profile.architectures().isEmpty() || profile.architectures().contains("SCMP_ARCH_X86");
        return narrow ? List.of(Architecture.X86_64, Architecture.I386) : List.of(Architecture.X86_64);
    }

    private static Condition condition(Seccomp.Arg arg) {
        Operator operator = Operator.ofOciName(arg.op().word());
        return arg.op() == Seccomp.Operator.MASKED_EQ
                ? Condition.masked(arg.index(), arg.value(), arg.valueTwo())
                : Condition.of(arg.index(), operator, arg.value());
    }
}
