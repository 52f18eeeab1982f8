package io.wherry.kernel.tree;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Lays records out in a buffer and writes it when it is full. Data of more than half a buffer is written without a copy. */
final class RecordBuffer {
    /** No register. */
    static final int NONE = 0xFFFF;

    private static final int CAPACITY = 256 << 10;
    private static final int HEADER = 64;
    private static final int RECORD_LIMIT = 8192;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final OutputStream out;
    private final byte[] buffer = new byte[CAPACITY];
    private int end;
    private int record;

    RecordBuffer(OutputStream out) {
        this.out = out;
        byte[] magic = TreeStream.magic();
        System.arraycopy(magic, 0, buffer, 0, magic.length);
        end = magic.length;
    }

    /** Begins a record; its fields are set, then comes {@link #end}. */
    RecordBuffer begin(TreeOp op, int flags, int dir, int dst, String name, String link) throws IOException {
        int length = (HEADER + name.length() + link.length() + 7) & ~7;
        if (length > RECORD_LIMIT) {
            throw new IllegalArgumentException("record of " + length + " bytes");
        }
        if (CAPACITY - end < length) {
            flush();
        }
        record = end;
        Arrays.fill(buffer, record, record + length, (byte) 0);
        INTS.set(buffer, record, length);
        buffer[record + 4] = (byte) op.number();
        buffer[record + 5] = (byte) flags;
        SHORTS.set(buffer, record + 6, (short) dir);
        SHORTS.set(buffer, record + 8, (short) dst);
        SHORTS.set(buffer, record + 10, (short) name.length());
        SHORTS.set(buffer, record + 12, (short) link.length());
        put(name, record + HEADER);
        put(link, record + HEADER + name.length());
        end = record + length;
        return this;
    }

    RecordBuffer mode(int mode) {
        INTS.set(buffer, record + 16, mode);
        return this;
    }

    RecordBuffer owner(Attributes a) {
        INTS.set(buffer, record + 20, a.uid());
        INTS.set(buffer, record + 24, a.gid());
        return this;
    }

    RecordBuffer time(Attributes a) {
        return time(a.seconds(), a.nanos());
    }

    RecordBuffer time(long seconds, int nanos) {
        INTS.set(buffer, record + 28, nanos);
        LONGS.set(buffer, record + 40, seconds);
        return this;
    }

    RecordBuffer size(long size) {
        LONGS.set(buffer, record + 32, size);
        return this;
    }

    RecordBuffer aux(long aux) {
        LONGS.set(buffer, record + 56, aux);
        return this;
    }

    /** Ends a record: its bytes may be written from now on. */
    void end() {
        record = -1;
    }

    void data(byte[] bytes, int offset, int length) throws IOException {
        if (length > CAPACITY - end || length > CAPACITY / 2) {
            flush();
        }
        if (length > CAPACITY / 2) {
            out.write(bytes, offset, length);
            return;
        }
        System.arraycopy(bytes, offset, buffer, end, length);
        end += length;
    }

    void flush() throws IOException {
        out.write(buffer, 0, end);
        end = 0;
        out.flush();
    }

    private void put(String bytes, int at) {
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            if (c > 0xFF) {
                throw new IllegalArgumentException("not a byte string: " + bytes);
            }
            buffer[at + i] = (byte) c;
        }
    }
}
