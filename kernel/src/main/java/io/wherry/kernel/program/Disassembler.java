package io.wherry.kernel.program;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Prints instructions for people: the call or operation, its operands decoded, the result, the policy. One line each. Stateless. */
public final class Disassembler {
    private static final int SHOWN_BYTES = 24;

    private Disassembler() {}

    /** {@return one instruction as a line without an end, such as {@code mkdirat(9, "wherry", 493) ok-if EEXIST}} */
    public static String print(KernelProgram program, int index) {
        Instruction instruction = program.instruction(index);
        ByteBuffer data = program.data();
        StringBuilder line = new StringBuilder();
        Call call = instruction.op() == Op.SYS ? Call.of((int) instruction.operands()[0]) : null;
        int base = call == null ? 0 : 1;
        int count = call == null ? instruction.op().operandCount() : call.operandCount();
        line.append(call == null ? instruction.op().name() : call.label()).append('(');
        for (int i = 0; i < count; i++) {
            Operand type = call == null ? instruction.op().operand(i) : call.operand(i);
            if (i > 0) {
                line.append(", ");
            }
            operand(line, type, instruction.operands(), base, i, data);
        }
        line.append(')');
        if (instruction.dst() >= 0) {
            line.append(" -> ").append(instruction.dst());
        }
        policy(line, instruction);
        return line.toString();
    }

    /** {@return the manual pages that tell about an instruction, such as {@code move_mount(2)}, each with a blank between them; empty where it makes no call} */
    public static String manual(KernelProgram program, int index) {
        Instruction instruction = program.instruction(index);
        if (instruction.op() != Op.SYS) {
            return instruction.op().manual();
        }
        Call call = Call.of((int) instruction.operands()[0]);
        return call == null ? "" : call.manual();
    }

    private static void operand(StringBuilder line, Operand type, long[] values, int base, int at, ByteBuffer data) {
        long value = values[base + at];
        switch (type.kind()) {
            case FD -> line.append(value == Strand.CWD ? "here" : value < 0 ? "none" : Long.toString(value));
            case STR, TEXT, STR_OPT -> {
                if (value == 0) {
                    line.append("-");
                } else {
                    quote(line, KernelProgram.string(data, (int) value));
                }
            }
            case STRS -> {
                line.append('[');
                int offset = (int) value;
                for (long i = 0; i < values[base + type.lengthAt()]; i++) {
                    String text = KernelProgram.string(data, offset);
                    line.append(i == 0 ? "" : " ");
                    quote(line, text);
                    offset += KernelProgram.length(data, offset) + 1;
                }
                line.append(']');
            }
            case IN -> bytes(line, data, (int) value, type.size());
            case BUF, FILTER ->
                bytes(line, data, (int) value, (int) (values[base + type.lengthAt()] * Math.max(1, type.size())));
            case PAIR -> line.append("pair");
            case IMM, CALL -> {
                if (value > 9 || value < 0) {
                    line.append("0x").append(Long.toHexString(value));
                } else {
                    line.append(value);
                }
            }
        }
    }

    private static void bytes(StringBuilder line, ByteBuffer data, int offset, int length) {
        byte[] bytes = new byte[length];
        data.get(offset, bytes);
        boolean text = length > 0;
        for (byte b : bytes) {
            text &= (b >= ' ' && b < 127) || b == '\n';
        }
        if (text) {
            quote(line, new String(bytes, StandardCharsets.US_ASCII));
            return;
        }
        line.append(length).append(" bytes");
        for (int i = 0; i < Math.min(length, SHOWN_BYTES); i++) {
            line.append(i == 0 ? ": " : i % 4 == 0 ? " " : "")
                    .append(Character.forDigit((bytes[i] >> 4) & 15, 16))
                    .append(Character.forDigit(bytes[i] & 15, 16));
        }
        line.append(length > SHOWN_BYTES ? " …" : "");
    }

    private static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || c == 127) {
                line.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    private static void policy(StringBuilder line, Instruction instruction) {
        switch (instruction.policy()) {
            case ABORT -> {
                return;
            }
            case OK_IF -> line.append(" ok-if");
            case SKIP -> line.append(" skip ").append(instruction.skip()).append(" on");
            case STICKY -> line.append(" next on");
            case IGNORE -> line.append(" ignore errors");
            case NOTE -> line.append(" note the result");
            case ELSE -> line.append(" then skip ").append(instruction.skip()).append(", else on");
        }
        for (int errno : instruction.errnos()) {
            if (errno != 0) {
                line.append(' ').append(Errno.name(errno));
            }
        }
    }
}
