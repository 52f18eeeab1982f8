package io.wherry.kernel.devices;

import io.wherry.oci.DeviceRule;
import io.wherry.oci.WherryException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Compiles device rules to an eBPF program of type {@code CGROUP_DEVICE}, which returns 1 for what may be done and 0 for what may not (bpf(2); OCI
 * runtime-spec, config-linux "Allowed Device list"). A pure function.
 *
 * <p>The meaning: for each of reading, writing and making a node by itself, the last rule that names the device and that access decides; what no rule names is
 * allowed, as in a version 1 group before its first rule, and left to the groups above. Who wants several at once must be allowed each of them.
 *
 * <p>The code follows the rules from the last to the first. A register holds the accesses that are still undecided; a rule that allows takes its own from it, one that
 * denies ends the matter. Behind a rule for everything there is nothing more to ask, and the kernel refuses code that nobody can reach.
 */
public final class DeviceProgram {
    /** The most instructions that the pilot takes. */
    private static final int LIMIT = 4096;

    private static final int BLOCK = 1; // the kernel's numbers for types and accesses
    private static final int CHARACTER = 2;
    private static final int MAKE = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int ALL = MAKE | READ | WRITE;

    private static final int RESULT = 0; // registers; the context comes in 1
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int WANTED = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    private static final int LOAD_WORD = 0x61;
    private static final int MOVE = 0xb7;
    private static final int MOVE_REGISTER = 0xbf;
    private static final int AND = 0x57;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_ANY = 0x45;
    private static final int JUMP_IF_NOT = 0x55;
    private static final int JUMP_IF_NOT_32 =
            0x56; // a device number is unsigned, a 64-bit comparison would extend its sign
    private static final int EXIT = 0x95;

    private static final int INSTRUCTION = 8;
    private static final int LONGEST_RULE = 8;
    private static final int FRAME = 8; // what stands before and behind the rules

    private final ByteBuffer code;
    private int ruleStart;

    private DeviceProgram(int rules) {
        code = ByteBuffer.allocate((rules * LONGEST_RULE + FRAME) * INSTRUCTION).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * {@return the code: {@code struct bpf_insn[]}, 8 bytes each, 1 to 4096 of them}
     *
     * @param rules in the order in which they were written
     * @throws WherryException of kind INVALID if there are too many rules, or one has a type or an access that does not exist
     */
    public static byte[] compile(List<DeviceRule> rules) {
        if (rules.size() * LONGEST_RULE + FRAME > LIMIT) {
            throw invalid("There are " + rules.size() + " device rules; at most " + (LIMIT - FRAME) / LONGEST_RULE
                    + " can be had.");
        }
        DeviceProgram program = new DeviceProgram(rules.size());
        program.load();
        boolean open = true;
        for (int i = rules.size() - 1; i >= 0 && open; i--) {
            open = !program.rule(rules.get(i));
        }
        if (open) {
            program.leave(true);
        }
        return Arrays.copyOf(program.code.array(), program.code.position());
    }

    private void load() {
        emit(LOAD_WORD, TYPE, CONTEXT, 0, 0);
        emit(LOAD_WORD, MAJOR, CONTEXT, 4, 0);
        emit(LOAD_WORD, MINOR, CONTEXT, 8, 0);
        emit(MOVE_REGISTER, WANTED, TYPE, 0, 0);
        emit(SHIFT_RIGHT, WANTED, 0, 0, 16);
        emit(AND, TYPE, 0, 0, 0xFFFF);
    }

    /** {@return whether it decides everything that comes to it} */
    private boolean rule(DeviceRule rule) {
        ruleStart = code.position();
        int type = type(rule);
        int access = access(rule);
        if (type != 0) {
            emit(JUMP_IF_NOT, TYPE, 0, 0, type);
        }
        if (rule.major().isPresent()) {
            emit(JUMP_IF_NOT_32, MAJOR, 0, 0, (int) rule.major().getAsLong());
        }
        if (rule.minor().isPresent()) {
            emit(JUMP_IF_NOT_32, MINOR, 0, 0, (int) rule.minor().getAsLong());
        }
        if (access != ALL && rule.allow()) {
            emit(AND, WANTED, 0, 0, ALL & ~access);
            emit(JUMP_IF_NOT, WANTED, 0, 0, 0);
        } else if (access != ALL) {
            emit(JUMP_IF_ANY, WANTED, 0, 1, access);
            emit(JUMP, 0, 0, 0, 0);
        }
        boolean always = code.position() == ruleStart;
        leave(rule.allow());
        land();
        return always;
    }

    private void leave(boolean allow) {
        emit(MOVE, RESULT, 0, 0, allow ? 1 : 0);
        emit(EXIT, 0, 0, 0, 0);
    }

    /** Makes the jumps of this rule that lead nowhere yet lead behind it. */
    private void land() {
        int end = code.position();
        for (int at = ruleStart; at < end; at += INSTRUCTION) {
            int operation = code.get(at) & 0xff;
            boolean open = operation == JUMP || operation == JUMP_IF_NOT || operation == JUMP_IF_NOT_32;
            if (open) {
                code.putShort(at + 2, (short) ((end - at) / INSTRUCTION - 1));
            }
        }
    }

    private void emit(int operation, int target, int source, int offset, int operand) {
        code.put((byte) operation)
                .put((byte) (target | source << 4))
                .putShort((short) offset)
                .putInt(operand);
    }

    /** {@return the kernel's number, or 0 for any} */
    private static int type(DeviceRule rule) {
        String type = rule.type().orElse("a");
        return switch (type) {
            case "a" -> 0;
            case "b" -> BLOCK;
            case "c", "u" -> CHARACTER;
            default -> throw invalid("A device rule has the type `" + type + "`; a, b and c are known.");
        };
    }

    private static int access(DeviceRule rule) {
        String text = rule.access().orElse("rwm");
        int access = 0;
        for (int i = 0; i < text.length(); i++) {
            access |= switch (text.charAt(i)) {
                case 'r' -> READ;
                case 'w' -> WRITE;
                case 'm' -> MAKE;
                default -> throw invalid("A device rule has the access `" + text + "`; r, w and m are known.");
            };
        }
        if (access == 0) {
            throw invalid("A device rule is about no access; r, w and m are known.");
        }
        return access;
    }

    private static WherryException invalid(String sentence) {
        return new WherryException(WherryException.Kind.INVALID, sentence);
    }
}
