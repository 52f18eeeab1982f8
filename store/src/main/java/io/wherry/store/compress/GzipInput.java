package io.wherry.store.compress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks gzip of one or more members, checking each one's CRC and length. Anything but a further member behind a member is damage; an end within one is an
 * {@link EOFException}.
 *
 * <p>Not {@code GZIPInputStream}: that one cannot tell the end of the file from a stream that has no bytes ready, takes damage behind the first member for
 * the end, and reads headers without bound.
 *
 * @see "RFC 1952"
 */
final class GzipInput extends InputStream {
    private static final int CAPACITY = 128 << 10;
    private static final int HEADER_LIMIT = 64 << 10;
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[CAPACITY];
    private int start;
    private int end;
    private int headerLeft;
    private boolean inMember;
    private boolean ended;

    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember) {
                if (start == end && !refill()) {
                    ended = true;
                    break;
                }
                header();
                inMember = true;
            }
            int got = inflate(to, offset, length);
            if (got > 0) {
                crc.update(to, offset, got);
                return got;
            }
            if (inflater.finished()) {
                trailer();
            }
        }
        return -1;
    }

    private int inflate(byte[] to, int offset, int length) throws IOException {
        try {
            if (inflater.needsInput()) {
                if (start == end && !refill()) {
                    throw new EOFException("the gzip stream ends within its data");
                }
                inflater.setInput(buffer, start, end - start);
                start = end;
            }
            int got = inflater.inflate(to, offset, length);
            if (got == 0 && inflater.needsDictionary()) {
                throw new IOException("the gzip stream asks for a dictionary");
            }
            return got;
        } catch (DataFormatException e) {
            throw new IOException("the gzip stream is damaged: " + e.getMessage(), e);
        }
    }

    private void trailer() throws IOException {
        start = end - inflater.getRemaining();
        long expected = four();
        long length = four();
        if (expected != crc.getValue() || length != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
            throw new IOException("the gzip stream is damaged: checksum or length of a member is wrong");
        }
        inflater.reset();
        crc.reset();
        inMember = false;
    }

    private void header() throws IOException {
        headerLeft = HEADER_LIMIT;
        if (headerByte() != 0x1F || headerByte() != 0x8B) {
            throw new IOException("something that is not gzip follows a gzip stream");
        }
        int method = headerByte();
        int flags = headerByte();
        if (method != 8 || (flags & RESERVED) != 0) {
            throw new IOException("the gzip stream uses method " + method + " or unknown flags");
        }
        for (int i = 0; i < 6; i++) {
            headerByte();
        }
        if ((flags & FEXTRA) != 0) {
            for (int left = headerByte() | headerByte() << 8; left > 0; left--) {
                headerByte();
            }
        }
        for (int texts = Integer.bitCount(flags & (FNAME | FCOMMENT)); texts > 0; texts--) {
            while (headerByte() != 0) {
                // The text is not used.
            }
        }
        if ((flags & FHCRC) != 0) {
            headerByte();
            headerByte();
        }
    }

    private int headerByte() throws IOException {
        if (--headerLeft < 0) {
            throw new IOException("the gzip stream has a header of more than " + HEADER_LIMIT + " bytes");
        }
        return next();
    }

    private long four() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private int next() throws IOException {
        if (start == end && !refill()) {
            throw new EOFException("the gzip stream ends within a header or trailer");
        }
        return buffer[start++] & 0xFF;
    }

    private boolean refill() throws IOException {
        start = 0;
        end = Math.max(0, in.read(buffer, 0, CAPACITY));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
