package io.wherry.kernel.program;

import io.wherry.oci.WherryException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A kernel program: its bytes, and a view of them. The format is that of docs/program.md. Immutable by agreement: nobody writes to {@link #bytes}.
 */
public final class KernelProgram {
    /** Flag: the test switches of the header are in force. */
    public static final int TEST = 1;
    /** Flag: the program asks questions; results are reported as they come. */
    public static final int PROBE = 2;
    /** Flag: the program starts a container or an exec. */
    public static final int STARTS_CONTAINER = 4;

    /** Flag: each instruction of the start waits until it is let run (docs/program.md, "Stepping"). Never in a stored program. */
    public static final int STEPPED = 8;

    /** The architecture number of x86-64 in audit records and seccomp data. */
    public static final int ARCHITECTURE = 0xC000003E;

    static final long MAGIC = 0x314B_5952_5245_4857L; // "WHERRYK1"
    static final int VERSION = 1;
    static final int HEADER = 128;
    static final int STRAND_TABLE = 56;

    private final byte[] bytes;
    private final ByteBuffer view;

    KernelProgram(byte[] bytes) {
        this.bytes = bytes;
        this.view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Reads a stored program back.
     *
     * @throws WherryException of kind CORRUPT if the bytes are no program of this version
     */
    public static KernelProgram parse(byte[] bytes) {
        KernelProgram program = new KernelProgram(bytes);
        if (bytes.length < HEADER || program.view.getLong(0) != MAGIC || program.view.getInt(8) != VERSION) {
            throw new WherryException(
                    WherryException.Kind.CORRUPT, "A stored kernel program is not one of version " + VERSION + ".");
        }
        try {
            Verifier.verify(program);
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            throw new WherryException(
                    WherryException.Kind.CORRUPT, "A stored kernel program is damaged: " + e.getMessage() + ".");
        }
        return program;
    }

    /** {@return the bytes as the pilot reads them; not a copy} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return the whole, to be read in little-endian order} */
    ByteBuffer view() {
        return view;
    }

    /** {@return the number of instructions in all strands} */
    public int size() {
        return view.getInt(24);
    }

    /** {@return the index of a strand's first instruction} */
    public int first(int strand) {
        return view.getInt(STRAND_TABLE + 8 * strand);
    }

    /** {@return how many instructions a strand has} */
    public int count(int strand) {
        return view.getInt(STRAND_TABLE + 8 * strand + 4);
    }

    /** {@return the flags of the header} */
    public int flags() {
        return view.getInt(20);
    }

    /** {@return an instruction, counted over the whole program} */
    public Instruction instruction(int index) {
        return Instruction.read(view, HEADER + index * Instruction.SIZE);
    }

    /** {@return the data that operands point into} */
    public ByteBuffer data() {
        int start = view.getInt(28);
        return view.slice(start, bytes.length - start).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * {@return a copy with a test switch set: the crash sweeps use it to die, fail or stop at each instruction}
     *
     * @param what 1 die, 2 fail, 3 stop
     * @param instruction index in the whole program
     * @param errno the error for {@code fail}
     */
    public KernelProgram withTest(int what, int instruction, int errno) {
        KernelProgram copy = new KernelProgram(bytes.clone());
        copy.view.putInt(20, flags() | TEST);
        copy.view.putInt(32, what);
        copy.view.putInt(36, instruction);
        copy.view.putInt(40, errno);
        return copy;
    }

    /** {@return a copy whose start is run one instruction at a time, by a launcher that shows it} */
    public KernelProgram stepped() {
        KernelProgram copy = new KernelProgram(bytes.clone());
        copy.view.putInt(20, flags() | STEPPED);
        return copy;
    }

    /** {@return the length in bytes of the string at an offset of the data, without its NUL} */
    static int length(ByteBuffer data, int offset) {
        int end = offset;
        while (data.get(end) != 0) {
            end++;
        }
        return end - offset;
    }

    /** {@return the string at an offset of the data} */
    static String string(ByteBuffer data, int offset) {
        byte[] bytes = new byte[length(data, offset)];
        data.get(offset, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
