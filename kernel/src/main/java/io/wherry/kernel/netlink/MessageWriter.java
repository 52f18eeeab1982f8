package io.wherry.kernel.netlink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes netlink messages and their attributes into one growing buffer. Every length is checked against the width of its
 * field (32 bits for a message, 16 for an attribute), the whole against {@link #LIMIT}; padding is zero.
 *
 * <p>The order of calls is: {@link #begin}, the fixed structure by {@link #u8} to {@link #raw}, attributes, {@link #end}.
 * {@link #beginNested} returns a mark for {@link #endNested}; nested attributes close in reverse order. A violation of
 * this order is an {@link IllegalStateException}, a value that does not fit an {@link IllegalArgumentException}.
 *
 * <p>Not safe for use by several threads. Specification: {@code netlink(7)}, {@code include/uapi/linux/netlink.h}.
 */
public final class MessageWriter {
    /** The largest batch, in bytes: below the default send buffer of a socket (212,992), in which it must fit at once. */
    public static final int LIMIT = 128 * 1024;

    public static final int REQUEST = 0x1;
    public static final int ACK = 0x4;
    public static final int EXCL = 0x200;
    public static final int CREATE = 0x400;
    public static final int APPEND = 0x800;

    private static final int NESTED = 0x8000;
    private static final int HEADER = 16;

    private byte[] buffer = new byte[1024];
    private int size;
    private int message = -1;
    private int depth;
    private int sequence;

    /** An empty batch. */
    public MessageWriter() {}

    /** Begins a message with the next sequence number, counted from 1. */
    public MessageWriter begin(int type, int flags) {
        if (message >= 0) {
            throw new IllegalStateException("the message before this one has not ended");
        }
        message = size;
        return u32(0).u16(type).u16(flags).u32(++sequence).u32(0);
    }

    /** Ends the message: fills in its length. */
    public MessageWriter end() {
        if (message < 0 || depth != 0) {
            throw new IllegalStateException("no message is open, or one of its nested attributes is");
        }
        patch32(message, size - message);
        message = -1;
        return this;
    }

    public MessageWriter u8(int value) {
        reserve(1);
        buffer[size++] = (byte) fits(value, 8);
        return this;
    }

    public MessageWriter u16(int value) {
        reserve(2);
        patch16(size, fits(value, 16));
        size += 2;
        return this;
    }

    public MessageWriter u32(int value) {
        reserve(4);
        patch32(size, value);
        size += 4;
        return this;
    }

    public MessageWriter raw(byte[] value) {
        reserve(value.length);
        System.arraycopy(value, 0, buffer, size, value.length);
        size += value.length;
        return this;
    }

    /** Adds an attribute whose value is these bytes. */
    public MessageWriter attribute(int type, byte[] value) {
        int mark = open(type);
        raw(value);
        return close(mark);
    }

    /** Adds an attribute whose value is 32 bits in the host's order. */
    public MessageWriter attributeU32(int type, int value) {
        int mark = open(type);
        u32(value);
        return close(mark);
    }

    /** Adds an attribute whose value is 32 bits, big endian. */
    public MessageWriter attributeBe32(int type, int value) {
        int mark = open(type);
        u32(Integer.reverseBytes(value));
        return close(mark);
    }

    /**
     * Adds an attribute whose value is this text and a NUL.
     *
     * @param limit the kernel's size for this text, NUL included
     * @throws IllegalArgumentException if the text is empty, contains a NUL, or does not fit
     */
    public MessageWriter attributeText(int type, String text, int limit) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= limit || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a netlink text must have 1 to " + (limit - 1)
                    + " bytes and no NUL, and this one has " + bytes.length + " bytes: `" + text + "`");
        }
        int mark = open(type);
        raw(bytes).u8(0);
        return close(mark);
    }

    /** Begins an attribute that holds attributes. {@return the mark for {@link #endNested}} */
    public int beginNested(int type) {
        int mark = open(type | NESTED);
        depth++;
        return mark;
    }

    /**
     * Begins a nested attribute without the flag that says so, as the parts of the kernel want it that are older than
     * the flag. {@return the mark for {@link #endNested}}
     */
    public int beginPlain(int type) {
        int mark = open(type);
        depth++;
        return mark;
    }

    public MessageWriter endNested(int mark) {
        if (depth == 0) {
            throw new IllegalStateException("no nested attribute is open");
        }
        depth--;
        return close(mark);
    }

    /**
     * Ends the batch.
     *
     * @param acks how many of its messages carry {@link #ACK}
     */
    public Batch finish(int acks) {
        if (message >= 0) {
            throw new IllegalStateException("the last message has not ended");
        }
        return new Batch(Arrays.copyOf(buffer, size), acks);
    }

    /** {@return the number of messages begun so far, which is the sequence number of the last} */
    public int messages() {
        return sequence;
    }

    private int open(int type) {
        if (message < 0 || size - message < HEADER) {
            throw new IllegalStateException("an attribute must be inside a message");
        }
        int mark = size;
        u16(0).u16(type);
        return mark;
    }

    private MessageWriter close(int mark) {
        patch16(mark, fits(size - mark, 16));
        int padding = -size & 3;
        reserve(padding);
        size += padding;
        return this;
    }

    private static int fits(int value, int bits) {
        if (value >>> bits != 0) {
            throw new IllegalArgumentException("value does not fit into " + bits + " bits: " + value);
        }
        return value;
    }

    private void reserve(int count) {
        if (count > LIMIT - size) {
            throw new IllegalArgumentException("a netlink batch must not exceed " + LIMIT + " bytes");
        }
        if (size + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(size + count, buffer.length * 2));
        }
    }

    private void patch16(int at, int value) {
        buffer[at] = (byte) value;
        buffer[at + 1] = (byte) (value >>> 8);
    }

    private void patch32(int at, int value) {
        patch16(at, value);
        patch16(at + 2, value >>> 16);
    }
}
