package io.wherry.kernel.tree;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A pilot's answer (docs/trees.md, "Replies").
 *
 * @param kind 1 error, 2 sync, 3 note, 4 end, 5 usage
 * @param op number of the operation, as in {@link TreeOp}
 * @param index of the record in the stream, from 0
 * @param errno the kernel's number
 * @param call number of the system call; -1: the record itself was refused
 * @param name of the entry, a byte string, cut at 64 bytes
 */
public record TreeReply(
        int kind,
        int op,
        long index,
        int errno,
        int call,
        long id,
        long entries,
        long bytes,
        long counted,
        String name) {
    static final int LENGTH = 128;
    static final int ERROR = 1;
    static final int SYNC = 2;
    static final int NOTE = 3;
    static final int END = 4;
    static final int USAGE = 5;

    private static final int TEXT_AT = 64;

    static TreeReply parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.clamp(in.getInt(56), 0, LENGTH - TEXT_AT);
        return new TreeReply(
                in.getInt(0),
                in.getInt(4),
                in.getLong(8),
                in.getInt(16),
                in.getInt(20),
                in.getLong(24),
                in.getLong(32),
                in.getLong(40),
                in.getLong(48),
                BytePath.of(bytes, TEXT_AT, length));
    }
}
