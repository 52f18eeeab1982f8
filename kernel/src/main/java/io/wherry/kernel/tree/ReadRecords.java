package io.wherry.kernel.tree;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/** Takes records and replies off the reply pipe, through one buffer. What the pilot sends is believed to be well-formed, and yet no field is used as a length unchecked. */
final class ReadRecords {
    private static final int CAPACITY = 256 << 10;
    private static final int HEADER = 64;
    private static final int STATUS = 32;
    private static final int RECORD_LIMIT = 8192 + STATUS;
    private static final int S_IFMT = 0170000;
    private static final int S_IFBLK = 0060000;
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final InputStream in;
    private final byte[] buffer = new byte[CAPACITY];
    private int start;
    private int end;
    private int record;

    ReadRecords(InputStream in) {
        this.in = in;
    }

    byte[] buffer() {
        return buffer;
    }

    /** {@return whether a reply comes next, and no record} */
    boolean replyIsNext() throws IOException {
        fill(4);
        return (int) INTS.get(buffer, start) < HEADER;
    }

    TreeReply reply() throws IOException {
        byte[] bytes = new byte[TreeReply.LENGTH];
        fill(bytes.length);
        System.arraycopy(buffer, start, bytes, 0, bytes.length);
        start += bytes.length;
        return TreeReply.parse(bytes);
    }

    /** Takes the next record: the methods below tell of it, until bytes are taken. */
    void next() throws IOException {
        fill(HEADER);
        int length = (int) INTS.get(buffer, start);
        if (length < HEADER || length > RECORD_LIMIT) {
            throw new IOException("a record of " + length + " bytes");
        }
        fill(length);
        record = start;
        start += length;
        if ((extra() != 0 && extra() != STATUS)
                || HEADER + extra() + nameLength() + linkLength() > length
                || size() < 0) {
            throw new IOException("a record with wrong lengths");
        }
    }

    int op() {
        return buffer[record + 4];
    }

    private int flags() {
        return buffer[record + 5];
    }

    private int nameLength() {
        return Short.toUnsignedInt((short) SHORTS.get(buffer, record + 10));
    }

    private int linkLength() {
        return Short.toUnsignedInt((short) SHORTS.get(buffer, record + 12));
    }

    private int extra() {
        return Short.toUnsignedInt((short) SHORTS.get(buffer, record + 14));
    }

    long size() {
        return (long) LONGS.get(buffer, record + 32);
    }

    String name() {
        return BytePath.of(buffer, record + HEADER + extra(), nameLength());
    }

    String link() {
        return BytePath.of(buffer, record + HEADER + extra() + nameLength(), linkLength());
    }

    TreeEntry entry(String path, List<Xattr> xattrs) throws IOException {
        if (extra() != STATUS) {
            throw new IOException("an entry without its status");
        }
        int mode = (int) INTS.get(buffer, record + 16);
        long number = (long) LONGS.get(buffer, record + 72);
        return new TreeEntry(
                kind(mode),
                path,
                link(),
                new Attributes(
                        mode & 07777,
                        (int) INTS.get(buffer, record + 20),
                        (int) INTS.get(buffer, record + 24),
                        (long) LONGS.get(buffer, record + 40),
                        (int) INTS.get(buffer, record + 28)),
                xattrs,
                size(),
                (int) (number >> 32),
                (int) number,
                (long) LONGS.get(buffer, record + 64),
                (long) LONGS.get(buffer, record + 56),
                (int) INTS.get(buffer, record + 92),
                new TreeEntry.Changed((long) LONGS.get(buffer, record + 80), (int) INTS.get(buffer, record + 88)),
                flags());
    }

    private TreeEntry.Kind kind(int mode) throws IOException {
        int op = op();
        if (op == TreeOp.NODE.number()) {
            return (mode & S_IFMT) == S_IFBLK ? TreeEntry.Kind.BLOCK : TreeEntry.Kind.CHARACTER;
        }
        if (op == TreeOp.FILE.number()) {
            return TreeEntry.Kind.FILE;
        }
        if (op == TreeOp.MKDIR.number()) {
            return TreeEntry.Kind.FOLDER;
        }
        if (op == TreeOp.SYMLINK.number()) {
            return TreeEntry.Kind.SYMLINK;
        }
        if (op == TreeOp.FIFO.number()) {
            return TreeEntry.Kind.FIFO;
        }
        throw new IOException("operation " + op + " is no entry");
    }

    byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length; ) {
            int chunk = available(length - done);
            System.arraycopy(buffer, take(chunk), bytes, done, chunk);
            done += chunk;
        }
        return bytes;
    }

    /** {@return how many of the next bytes are in the buffer, 1 to {@code most}} */
    int available(long most) throws IOException {
        fill(1);
        return (int) Math.min(end - start, most);
    }

    /** {@return where in the buffer the next bytes are; until something else is read} */
    int take(int length) {
        int at = start;
        start += length;
        return at;
    }

    private void fill(int length) throws IOException {
        if (end - start >= length) {
            return;
        }
        System.arraycopy(buffer, start, buffer, 0, end - start);
        end -= start;
        start = 0;
        while (end < length) {
            int got = in.read(buffer, end, CAPACITY - end);
            if (got < 0) {
                throw new IOException("end of replies");
            }
            end += got;
        }
    }
}
