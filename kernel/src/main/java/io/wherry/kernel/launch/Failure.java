package io.wherry.kernel.launch;

import io.wherry.kernel.program.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Why a program failed, as the pilot reported it (docs/program.md, "Failure record").
 *
 * @param strand which process
 * @param instruction index in the whole program
 * @param step index of the typed step
 * @param op number of the operation
 * @param call number of the system call, if it was one
 * @param errno the kernel's answer
 * @param text the kernel's own words or the object's name; may be empty
 */
public record Failure(int strand, int instruction, int step, int op, int call, int errno, String text) {
    static final int SIZE = 128;
    private static final int TEXT = 32;

    /** Reads a record of 128 bytes. */
    public static Failure parse(byte[] bytes) {
        ByteBuffer record = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int end = TEXT;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new Failure(
                record.getInt(0),
                record.getInt(4),
                record.getInt(8),
                record.getInt(12),
                record.getInt(16),
                record.getInt(20),
                new String(bytes, TEXT, end - TEXT, StandardCharsets.UTF_8).strip());
    }

    /** {@return the error's name: {@code ENOENT}} */
    public String errnoName() {
        return Errno.name(errno);
    }
}
