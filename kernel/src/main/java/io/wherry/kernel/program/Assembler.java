package io.wherry.kernel.program;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a kernel program: eight strands of instructions and the data they point into. Equal strings share their bytes. Not for several threads.
 *
 * <p>Where assertions are enabled, as in all tests, {@link #finish} checks the whole with {@link Verifier} before it lets the bytes out: a program that the
 * pilot would refuse is a defect here, found where the stack trace still shows who wrote it. The pilot judges every program again before the first
 * effect, so without assertions nothing unchecked runs; and a command does not spend a third of its time on a second opinion.
 */
public final class Assembler {
    /** The strand that the pilot runs and from which the monitor grows. */
    public static final int PILOT = 0;
    /** The strand of the container's first process. */
    public static final int INSIDE = 1;
    /** The strand that cleans up between two starts of one monitor: what the sweep does, but for what tells others that the container is attended. */
    public static final int BETWEEN = 3;
    /** The strand that removes a container's trees. */
    public static final int REMOVAL = 6;
    /** The strand that cleans up by name. */
    public static final int SWEEP = 7;

    static final int STRANDS = 8;

    private final @Nullable Strand[] strands = new Strand[STRANDS];
    private final Map<String, Integer> strings = new HashMap<>();
    private byte[] data = new byte[4096];
    private int dataLength = 8; // offset 0 means "absent"

    /** {@return whether a strand cleans up: it may ignore errors and starts nothing} */
    public static boolean sweeps(int strand) {
        return strand == SWEEP || strand == BETWEEN;
    }

    /** An empty program. */
    public Assembler() {}

    /** {@return the strand with a number from 0 to 7, to write instructions into} */
    public Strand strand(int number) {
        Strand strand = strands[number];
        if (strand == null) {
            strand = new Strand(this);
            strands[number] = strand;
        }
        return strand;
    }

    /** Puts a NUL-terminated string into the data and returns its offset. NUL inside the text is refused. */
    public int string(String text) {
        Integer known = strings.get(text);
        if (known != null) {
            return known;
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a string of a program may not contain NUL: " + text.replace('\0', '?'));
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int offset = reserve(bytes.length + 1, 1);
        System.arraycopy(bytes, 0, data, offset, bytes.length);
        strings.put(text, offset);
        return offset;
    }

    /** Puts strings end to end, each NUL-terminated, and returns the offset of the first; 0 for an empty list. */
    public int strings(List<String> texts) {
        if (texts.isEmpty()) {
            return 0;
        }
        int first = dataLength;
        for (String text : texts) {
            if (text.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "a string of a program may not contain NUL: " + text.replace('\0', '?'));
            }
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int offset = reserve(bytes.length + 1, 1);
            System.arraycopy(bytes, 0, data, offset, bytes.length);
        }
        return first;
    }

    /** Puts a block into the data, aligned to 8 bytes, and returns its offset. */
    public int block(byte[] bytes) {
        int offset = reserve(bytes.length, 8);
        System.arraycopy(bytes, 0, data, offset, bytes.length);
        return offset;
    }

    /** Puts little-endian 64-bit words into the data and returns their offset: most structures of the kernel are made of them. */
    public int words(long... words) {
        ByteBuffer block = ByteBuffer.allocate(8 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : words) {
            block.putLong(word);
        }
        return block(block.array());
    }

    private int reserve(int length, int alignment) {
        int offset = (dataLength + alignment - 1) & -alignment;
        dataLength = offset + length;
        if (dataLength > data.length) {
            data = Arrays.copyOf(data, Math.max(dataLength, 2 * data.length));
        }
        return offset;
    }

    /**
     * Joins strands and data into one program, and asserts that it is one.
     *
     * @param flags see {@link KernelProgram#STARTS_CONTAINER} and its neighbours
     * @throws IllegalStateException if the program breaks a rule of docs/program.md
     */
    public KernelProgram finish(int flags) {
        int count = 0;
        for (Strand strand : strands) {
            count += strand == null ? 0 : strand.size();
        }
        int dataStart = KernelProgram.HEADER + count * Instruction.SIZE;
        ByteBuffer out = ByteBuffer.allocate(dataStart + dataLength).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(KernelProgram.MAGIC)
                .putInt(KernelProgram.VERSION)
                .putInt(KernelProgram.ARCHITECTURE)
                .putInt(out.capacity())
                .putInt(flags)
                .putInt(count)
                .putInt(dataStart);
        int first = 0;
        for (int i = 0; i < STRANDS; i++) {
            Strand strand = strands[i];
            if (strand != null && strand.size() > 0) {
                out.putInt(KernelProgram.STRAND_TABLE + 8 * i, first);
                out.putInt(KernelProgram.STRAND_TABLE + 8 * i + 4, strand.size());
                strand.copyTo(out, KernelProgram.HEADER + first * Instruction.SIZE);
                first += strand.size();
            }
        }
        out.position(dataStart);
        out.put(data, 0, dataLength);
        KernelProgram program = new KernelProgram(out.array());
        assert Verifier.holds(program);
        return program;
    }
}
