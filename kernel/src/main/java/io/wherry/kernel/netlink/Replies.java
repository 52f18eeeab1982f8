package io.wherry.kernel.netlink;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/**
 * Reads what the kernel answered to a batch: acknowledgements, errors with the kernel's words, and links. The bytes may
 * be several datagrams one after the other. A length that does not hold is an {@link IllegalArgumentException}.
 *
 * <p>Specification: {@code netlink(7)}; extended acknowledgements: {@code include/uapi/linux/netlink.h}.
 */
public final class Replies {
    private static final int ERROR = 2;
    private static final int NEWLINK = 16;
    private static final int CAPPED = 0x100;
    private static final int EXTENDED = 0x200;
    private static final int TEXT = 1;
    private static final int TYPE_MASK = 0x3fff;

    private final byte[] bytes;
    private int acks;
    private int errno;
    private int sequence;
    private String text = "";
    private int linkIndex;

    private Replies(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Replies parse(byte[] bytes) {
        Replies replies = new Replies(bytes);
        int at = 0;
        while (at < bytes.length) {
            int length = replies.length(at, 16);
            replies.message(at, at + length);
            at += (length + 3) & ~3;
        }
        return replies;
    }

    /** {@return how many messages were acknowledged without error} */
    public int acks() {
        return acks;
    }

    /** {@return the first error (a positive errno), or 0} */
    public int errno() {
        return errno;
    }

    /** {@return the sequence number of the message that failed first, counted from 1; 0 when none did} */
    public int failedMessage() {
        return sequence;
    }

    /** {@return the kernel's own words on the first error; empty when it gave none} */
    public String text() {
        return text;
    }

    /** {@return the index of the first link among the answers} */
    public OptionalInt linkIndex() {
        return linkIndex > 0 ? OptionalInt.of(linkIndex) : OptionalInt.empty();
    }

    private void message(int start, int end) {
        int type = u16(start + 4);
        if (type == ERROR) {
            error(start, end);
        } else if (type == NEWLINK && linkIndex == 0 && end - start >= 32) {
            linkIndex = i32(start + 20);
        }
    }

    private void error(int start, int end) {
        if (end - start < 36) {
            throw malformed(start);
        }
        int code = -i32(start + 16);
        if (code == 0) {
            acks++;
        } else if (errno == 0) {
            errno = code;
            sequence = i32(start + 28);
            text = extendedText(start, end);
        }
    }

    /** Attributes follow the request that is repeated in the answer: its header alone, or all of it. */
    private String extendedText(int start, int end) {
        int flags = u16(start + 6);
        if ((flags & EXTENDED) == 0) {
            return "";
        }
        int at = start + 20 + ((flags & CAPPED) != 0 ? 16 : (length(start + 20, 16) + 3) & ~3);
        while (at >= start && at <= end - 4) {
            int length = u16(at);
            if (length < 4 || length > end - at) {
                throw malformed(at);
            }
            if ((u16(at + 2) & TYPE_MASK) == TEXT) {
                int stop = at + length;
                while (stop > at + 4 && bytes[stop - 1] == 0) {
                    stop--;
                }
                return new String(bytes, at + 4, stop - at - 4, StandardCharsets.UTF_8);
            }
            at += (length + 3) & ~3;
        }
        return "";
    }

    private int length(int at, int least) {
        if (bytes.length - at < 16) {
            throw malformed(at);
        }
        int length = i32(at);
        if (length < least || length > bytes.length - at) {
            throw malformed(at);
        }
        return length;
    }

    private static IllegalArgumentException malformed(int at) {
        return new IllegalArgumentException("malformed netlink answer at byte " + at);
    }

    private int u16(int at) {
        return (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8);
    }

    private int i32(int at) {
        return u16(at) | (u16(at + 2) << 16);
    }
}
