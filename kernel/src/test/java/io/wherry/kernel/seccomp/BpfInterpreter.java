package io.wherry.kernel.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs classic BPF over {@code struct seccomp_data}, and checks what the kernel checks before it installs a filter. */
final class BpfInterpreter {
    private final ByteBuffer code;
    private final int count;

    BpfInterpreter(byte[] filter) {
        code = ByteBuffer.wrap(filter).order(ByteOrder.LITTLE_ENDIAN);
        count = filter.length / 8;
        if (filter.length % 8 != 0 || count == 0 || count > 4096) {
            throw new IllegalStateException("the kernel refuses a filter of " + filter.length + " bytes");
        }
        for (int at = 0; at < count; at++) {
            check(at);
        }
        if (operation(count - 1) != 0x06) {
            throw new IllegalStateException("the last instruction does not return");
        }
    }

    int depth;

    int run(int architecture, int number, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(number).putInt(architecture).putLong(0x1234_5678_9abcL);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        int loaded = 0;
        int at = 0;
        depth = 0;
        while (true) {
            depth++;
            int operand = operand(at);
            int operation = operation(at);
            if (operation == 0x06) {
                return operand;
            } else if (operation == 0x20) {
                loaded = data.getInt(operand);
                at++;
            } else if (operation == 0x54) {
                loaded &= operand;
                at++;
            } else if (operation == 0x05) {
                at += 1 + operand;
            } else {
                int order = Integer.compareUnsigned(loaded, operand);
                boolean holds = operation == 0x15 ? order == 0 : operation == 0x25 ? order > 0 : order >= 0;
                at += 1 + (code.get(8 * at + (holds ? 2 : 3)) & 0xff);
            }
        }
    }

    private void check(int at) {
        int operation = operation(at);
        int operand = operand(at);
        boolean good = switch (operation) {
            case 0x20 -> operand >= 0 && operand < 64 && operand % 4 == 0;
            case 0x54, 0x06 -> true;
            case 0x05 -> operand >= 0 && operand < count - at - 1;
            case 0x15, 0x25, 0x35 ->
                (code.get(8 * at + 2) & 0xff) < count - at - 1 && (code.get(8 * at + 3) & 0xff) < count - at - 1;
            default -> false;
        };
        if (!good) {
            throw new IllegalStateException("the kernel refuses instruction " + at + " of " + count);
        }
    }

    private int operation(int at) {
        return code.getShort(8 * at) & 0xffff;
    }

    private int operand(int at) {
        return code.getInt(8 * at + 4);
    }
}
