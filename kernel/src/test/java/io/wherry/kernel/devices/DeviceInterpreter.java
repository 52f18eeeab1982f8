package io.wherry.kernel.devices;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;

/** Runs eBPF over {@code struct bpf_cgroup_dev_ctx}, and checks what the kernel's verifier checks: jumps stay inside, everything is reached, the result is set. */
final class DeviceInterpreter {
    private final ByteBuffer code;
    private final int count;

    DeviceInterpreter(byte[] program) {
        code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
        count = program.length / 8;
        if (program.length % 8 != 0 || count == 0 || count > 4096) {
            throw new IllegalStateException("the pilot refuses a program of " + program.length + " bytes");
        }
        BitSet reached = new BitSet(count);
        reached.set(0);
        for (int at = 0; at < count; at++) {
            if (!reached.get(at)) {
                throw new IllegalStateException("nobody reaches instruction " + at);
            }
            int operation = operation(at);
            boolean jumps = (operation & 7) >= 5 && operation != 0x95;
            boolean goesOn = operation != 0x95 && operation != 0x05;
            if (jumps) {
                reach(reached, at, at + 1 + code.getShort(8 * at + 2));
            }
            if (goesOn) {
                reach(reached, at, at + 1);
            }
        }
    }

    private void reach(BitSet reached, int from, int to) {
        if (to <= from || to >= count) {
            throw new IllegalStateException("instruction " + from + " leads to " + to);
        }
        reached.set(to);
    }

    private int operation(int at) {
        return code.get(8 * at) & 0xff;
    }

    /**
     * {@return whether the access is allowed}
     *
     * @param type 1 block, 2 character
     * @param access 1 make, 2 read, 4 write, or several
     */
    boolean allows(int type, int access, int major, int minor) {
        ByteBuffer context = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        context.putInt(access << 16 | type).putInt(major).putInt(minor);
        long[] registers = new long[11];
        boolean set = false;
        int at = 0;
        while (true) {
            int target = code.get(8 * at + 1) & 15;
            int source = (code.get(8 * at + 1) & 0xff) >> 4;
            int offset = code.getShort(8 * at + 2);
            int operand = code.getInt(8 * at + 4);
            set |= target == 0 && operation(at) == 0xb7;
            boolean jump = false;
            switch (operation(at)) {
                case 0x61 -> registers[target] = context.getInt(offset) & 0xffff_ffffL;
                case 0xb7 -> registers[target] = operand;
                case 0xbf -> registers[target] = registers[source];
                case 0x57 -> registers[target] &= operand;
                case 0x77 -> registers[target] >>>= operand;
                case 0x05 -> jump = true;
                case 0x45 -> jump = (registers[target] & operand) != 0;
                case 0x55 -> jump = registers[target] != operand;
                case 0x56 -> jump = (int) registers[target] != operand;
                case 0x95 -> {
                    if (!set) {
                        throw new IllegalStateException("an end without a result");
                    }
                    return registers[0] == 1;
                }
                default -> throw new IllegalStateException("an operation that is not known: " + operation(at));
            }
            at += 1 + (jump ? offset : 0);
        }
    }
}
