package io.wherry.kernel.seccomp;

/** What a filter means by the package's description, evaluated rule by rule: the compiler's referee. */
final class FilterMeaning {
    private FilterMeaning() {}

    static int of(Filter filter, Architecture architecture, int number, long... arguments) {
        if (!filter.architectures().contains(architecture)) {
            return 0x80000000;
        }
        if (architecture == Architecture.X86_64 && (number & 0xc0000000) != 0) {
            return 0x00050000 | 38;
        }
        SyscallTable table = SyscallTable.get();
        int newest = -1;
        boolean mentioned = false;
        for (Rule rule : filter.rules()) {
            for (String name : rule.names()) {
                int row = table.row(name, -1);
                int its = row < 0 ? -1 : table.number(row, architecture);
                newest = its < 0xf0000 ? Math.max(newest, its) : newest;
                mentioned |= its == number && number >= 0;
            }
        }
        if (mentioned) {
            for (Rule rule : filter.rules()) {
                boolean names = rule.names().stream()
                        .anyMatch(name ->
                                table.row(name, -1) >= 0 && table.number(table.row(name, -1), architecture) == number);
                if (names && rule.conditions().stream().allMatch(c -> holds(c, arguments[c.argument()]))) {
                    return value(rule.action(), rule.number());
                }
            }
        } else if (newest >= 0 && Integer.compareUnsigned(number, newest) > 0) {
            switch (filter.defaultAction()) {
                case ALLOW, LOG, TRACE -> {}
                default -> {
                    return 0x00050000 | 38;
                }
            }
        }
        return value(filter.defaultAction(), filter.defaultNumber());
    }

    private static boolean holds(Condition condition, long argument) {
        int order = Long.compareUnsigned(argument, condition.value());
        return switch (condition.operator()) {
            case NE -> order != 0;
            case LT -> order < 0;
            case LE -> order <= 0;
            case EQ -> order == 0;
            case GE -> order >= 0;
            case GT -> order > 0;
            case MASKED_EQ -> (argument & condition.mask()) == condition.value();
        };
    }

    private static int value(Action action, int number) {
        return switch (action) {
            case ALLOW -> 0x7fff0000;
            case LOG -> 0x7ffc0000;
            case TRACE -> 0x7ff00000 | number;
            case ERRNO -> 0x00050000 | number;
            case TRAP -> 0x00030000;
            case KILL_THREAD -> 0;
            case KILL_PROCESS -> 0x80000000;
        };
    }
}
