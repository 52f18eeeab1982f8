package io.wherry.kernel.seccomp;

/**
 * Writes the code of one condition. An argument has 64 bits and BPF's words have 32, so both halves are compared: the
 * high one decides unless it is equal.
 */
final class ConditionWriter {
    private static final int OFFSET_ARGUMENTS = 16;

    private final ReverseAssembler assembler;

    ConditionWriter(ReverseAssembler assembler) {
        this.assembler = assembler;
    }

    /** {@return the place of code that goes on at one of two places, as the condition holds or not} */
    int write(Condition condition, int ifTrue, int ifFalse) {
        long value = condition.value();
        int low = OFFSET_ARGUMENTS + 8 * condition.argument();
        Operator operator = condition.operator();
        if (operator == Operator.MASKED_EQ) {
            return masked(low, condition.mask(), value, ifTrue, ifFalse);
        } else if (operator == Operator.EQ) {
            return masked(low, -1, value, ifTrue, ifFalse);
        } else if (operator == Operator.NE) {
            return masked(low, -1, value, ifFalse, ifTrue);
        } else if (operator == Operator.GE) {
            return ordered(low, ReverseAssembler.JUMP_GREATER_OR_EQUAL, value, ifTrue, ifFalse);
        } else if (operator == Operator.GT) {
            return ordered(low, ReverseAssembler.JUMP_GREATER, value, ifTrue, ifFalse);
        } else if (operator == Operator.LT) {
            return ordered(low, ReverseAssembler.JUMP_GREATER_OR_EQUAL, value, ifFalse, ifTrue);
        } else {
            return ordered(low, ReverseAssembler.JUMP_GREATER, value, ifFalse, ifTrue);
        }
    }

    private int ordered(int low, int operation, long value, int ifTrue, int ifFalse) {
        int place = assembler.branch(operation, (int) value, ifTrue, ifFalse);
        assembler.continueAt(place);
        place = assembler.load(low);
        int high = (int) (value >>> 32);
        place = assembler.branch(ReverseAssembler.JUMP_EQUAL, high, place, ifFalse);
        place = assembler.branch(ReverseAssembler.JUMP_GREATER, high, ifTrue, place);
        return load(low + 4, place);
    }

    private int masked(int low, long mask, long value, int ifTrue, int ifFalse) {
        if ((value & ~mask) != 0) {
            return ifFalse;
        }
        int place = half(low, (int) mask, (int) value, ifTrue, ifFalse);
        return half(low + 4, (int) (mask >>> 32), (int) (value >>> 32), place, ifFalse);
    }

    private int half(int offset, int mask, int value, int ifTrue, int ifFalse) {
        if (mask == 0) {
            return ifTrue;
        }
        int place = assembler.branch(ReverseAssembler.JUMP_EQUAL, value, ifTrue, ifFalse);
        if (mask != -1) {
            assembler.continueAt(place);
            place = assembler.and(mask);
        }
        return load(offset, place);
    }

    private int load(int offset, int next) {
        assembler.continueAt(next);
        return assembler.load(offset);
    }
}
