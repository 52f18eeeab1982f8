package io.wherry.runtime.pilot;

import io.wherry.kernel.seccomp.Action;
import io.wherry.kernel.seccomp.Architecture;
import io.wherry.kernel.seccomp.Condition;
import io.wherry.kernel.seccomp.Filter;
import io.wherry.kernel.seccomp.Operator;
import io.wherry.kernel.seccomp.Rule;
import io.wherry.oci.Seccomp;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A profile of the OCI runtime configuration as a filter of the kernel floor, and the other way round. Stateless. */
public final class SeccompTranslation {
    private static final int EPERM = 1;

    private SeccompTranslation() {}

    /** {@return the filter of a profile} */
    public static Filter filter(Seccomp profile) {
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

    /** {@return the profile of a filter, for a runtime that compiles it itself} */
    public static Seccomp profile(Filter filter) {
        List<Seccomp.Rule> rules = new ArrayList<>();
        for (Rule rule : filter.rules()) {
            List<Seccomp.Arg> args = new ArrayList<>();
            for (Condition condition : rule.conditions()) {
                boolean masked = condition.operator() == Operator.MASKED_EQ;
                args.add(new Seccomp.Arg(
                        condition.argument(),
                        masked ? condition.mask() : condition.value(),
                        masked ? condition.value() : 0,
                        Seccomp.Operator.valueOf(condition.operator().name())));
            }
            Seccomp.Action action = Seccomp.Action.valueOf(rule.action().name());
            rules.add(new Seccomp.Rule(rule.names(), action, number(rule.action(), rule.number()), args));
        }
        return new Seccomp(
                Seccomp.Action.valueOf(filter.defaultAction().name()),
                number(filter.defaultAction(), filter.defaultNumber()),
                List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86"),
                rules);
    }

    private static OptionalInt number(Action action, int number) {
        return action == Action.ERRNO ? OptionalInt.of(number) : OptionalInt.empty();
    }
}
