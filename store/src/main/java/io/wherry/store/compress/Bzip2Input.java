package io.wherry.store.compress;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Unpacks bzip2 of one or more streams, checking each block's checksum and each stream's. A block, at most 900,000 bytes before runs are put back, is all that is held: 4 MiB.
 *
 * <p>Blocks that were randomised, which no program has written since 1997, are refused.
 *
 * @see "Julian Seward, bzip2 1.0.8; Joe Tsai, BZIP2: Format Specification"
 */
final class Bzip2Input extends InputStream {
    private static final long BLOCK = 0x314159265359L;
    private static final long END = 0x177245385090L;
    private static final int POLYNOMIAL = 0x04C11DB7;
    private static final int[] CRC = crcTable();

    private final InputStream in;
    private final byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;
    private long bits;
    private int bitCount;

    private int[] block = new int[0];
    private int blockLimit;
    private boolean inStream;
    private boolean inBlock;
    private boolean ended;
    private int expectedCrc;
    private int crc;
    private int streamCrc;

    private int left;
    private int position;
    private int last;
    private int sameInARow;
    private int repeat;

    Bzip2Input(InputStream in) {
        this.in = in;
    }

    private static int[] crcTable() {
        int[] table = new int[256];
        for (int i = 0; i < 256; i++) {
            int value = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                value = value < 0 ? value << 1 ^ POLYNOMIAL : value << 1;
            }
            table[i] = value;
        }
        return table;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        int done = 0;
        while (done < length && (repeat > 0 || left > 0 || nextBlock())) {
            if (repeat > 0) {
                repeat--;
            } else {
                position = block[position >>> 8];
                int value = position & 0xFF;
                left--;
                if (sameInARow == 4) { // behind four equal bytes stands how many more there are
                    repeat = value;
                    sameInARow = 0;
                    continue;
                }
                sameInARow = value == last && sameInARow > 0 ? sameInARow + 1 : 1;
                last = value;
            }
            crc = crc << 8 ^ CRC[(crc >>> 24 ^ last) & 0xFF];
            to[offset + done++] = (byte) last;
        }
        return done == 0 && length > 0 ? -1 : done;
    }

    /** {@return whether there is another block} */
    private boolean nextBlock() throws IOException {
        if (inBlock) {
            endBlock();
        }
        while (!ended) {
            if (!inStream && !beginStream()) {
                ended = true;
                break;
            }
            long magic = (long) take(24) << 24 | take(24);
            if (magic == BLOCK) {
                beginBlock();
                return true;
            }
            if (magic != END) {
                throw damaged("neither a block nor the end is where one should be");
            }
            if (four() != streamCrc) {
                throw damaged("the checksum of the whole is wrong");
            }
            take(bitCount & 7); // up to a whole byte
            inStream = false;
        }
        return false;
    }

    private boolean beginStream() throws IOException {
        if (bitCount == 0 && start == end && !refill()) {
            return false;
        }
        int level = take(8) == 'B' && take(8) == 'Z' && take(8) == 'h' ? take(8) - '0' : 0;
        if (level < 1 || level > 9) {
            throw new IOException("something that is not bzip2 follows a bzip2 stream");
        }
        blockLimit = level * 100_000;
        block = block.length < blockLimit ? new int[blockLimit] : block;
        streamCrc = 0;
        inStream = true;
        return true;
    }

    private void beginBlock() throws IOException {
        expectedCrc = four();
        crc = -1;
        sameInARow = 0;
        inBlock = true;
        if (take(1) != 0) {
            throw new IOException("the bzip2 stream has a randomised block");
        }
        int origin = take(24);
        int[] ends = new int[256];
        int size = new Bzip2Block(this, block, blockLimit).read(ends);
        if (origin >= size) {
            throw damaged("a block begins outside of itself");
        }
        int sum = 0;
        for (int value = 0; value < 256; value++) {
            sum += ends[value];
            ends[value] = sum - ends[value];
        }
        for (int i = 0; i < size; i++) {
            block[ends[block[i] & 0xFF]++] |= i << 8;
        }
        position = block[origin];
        left = size;
    }

    private void endBlock() throws IOException {
        inBlock = false;
        if (~crc != expectedCrc) {
            throw damaged("the checksum of a block is wrong");
        }
        streamCrc = (streamCrc << 1 | streamCrc >>> 31) ^ expectedCrc;
    }

    /** {@return the next bits, at most 24} */
    int take(int count) throws IOException {
        while (bitCount < count) {
            if (start == end && !refill()) {
                throw new EOFException("the bzip2 stream ends within its data");
            }
            bits = bits << 8 | buffer[start++] & 0xFF;
            bitCount += 8;
        }
        bitCount -= count;
        return (int) (bits >>> bitCount) & ((1 << count) - 1);
    }

    private int four() throws IOException {
        return take(16) << 16 | take(16);
    }

    private boolean refill() throws IOException {
        start = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        return end > 0;
    }

    static IOException damaged(String problem) {
        return new IOException("the bzip2 stream is damaged: " + problem);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
