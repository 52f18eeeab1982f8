package io.wherry.store.compress;

import java.io.IOException;

/** One block of bzip2 as it is coded: by up to six Huffman tables, of which another is chosen each 50 symbols; below that runs of zeros, and moving to the front. For one block. */
final class Bzip2Block {
    private static final int LONGEST_CODE = 20;
    private static final int MOST_SYMBOLS = 258;
    private static final int GROUP = 50;

    private final Bzip2Input in;
    private final int[] block;
    private final int limit;
    private final byte[] values = new byte[256];
    private int used;
    private int size;

    /** Reads from a stream's bits into {@code block}, at most {@code limit} entries of it. */
    Bzip2Block(Bzip2Input in, int[] block, int limit) {
        this.in = in;
        this.block = block;
        this.limit = limit;
    }

    /** {@return how many entries were written} How often each value occurs is added to {@code counts}. */
    int read(int[] counts) throws IOException {
        usedValues();
        int symbols = used + 2;
        int tables = in.take(3);
        int selectors = in.take(15);
        if (used == 0 || tables < 2 || tables > 6 || selectors == 0) {
            throw Bzip2Input.damaged("a block without values or tables");
        }
        byte[] choice = choices(tables, selectors);
        Table[] all = new Table[tables];
        for (int i = 0; i < tables; i++) {
            all[i] = table(symbols);
        }
        int run = 0;
        int weight = 1;
        for (int at = 0; ; at++) {
            if (at / GROUP >= selectors) {
                throw Bzip2Input.damaged("a block has no end");
            }
            int symbol = all[choice[at / GROUP]].next(in);
            if (symbol <= 1) { // the digits of a run's length, 1 and 2, the lowest first
                run += weight << symbol;
                weight <<= 1;
                if (run > limit) {
                    throw tooLong();
                }
                continue;
            }
            put(values[0] & 0xFF, run, counts);
            run = 0;
            weight = 1;
            if (symbol == symbols - 1) {
                return size;
            }
            byte value = values[symbol - 1];
            System.arraycopy(values, 0, values, 1, symbol - 1);
            values[0] = value;
            put(value & 0xFF, 1, counts);
        }
    }

    private void put(int value, int times, int[] counts) throws IOException {
        if (times > limit - size) {
            throw tooLong();
        }
        for (int i = 0; i < times; i++) {
            block[size++] = value;
        }
        counts[value] += times;
    }

    private static IOException tooLong() {
        return Bzip2Input.damaged("a block is longer than the stream says");
    }

    private void usedValues() throws IOException {
        int rows = in.take(16);
        for (int row = 0; row < 16; row++) {
            int columns = (rows << row & 0x8000) == 0 ? 0 : in.take(16);
            for (int column = 0; column < 16; column++) {
                if ((columns << column & 0x8000) != 0) {
                    values[used++] = (byte) (16 * row + column);
                }
            }
        }
    }

    /** Which table each group uses, by how recently it was used before. */
    private byte[] choices(int tables, int selectors) throws IOException {
        byte[] recent = {0, 1, 2, 3, 4, 5};
        byte[] choice = new byte[selectors];
        for (int i = 0; i < selectors; i++) {
            int steps = 0;
            while (in.take(1) != 0) {
                if (++steps >= tables) {
                    throw Bzip2Input.damaged("a table is chosen that is not there");
                }
            }
            byte chosen = recent[steps];
            System.arraycopy(recent, 0, recent, 1, steps);
            recent[0] = chosen;
            choice[i] = chosen;
        }
        return choice;
    }

    private Table table(int symbols) throws IOException {
        byte[] lengths = new byte[symbols];
        int length = in.take(5);
        for (int symbol = 0; symbol < symbols; symbol++) {
            while (true) {
                if (length < 1 || length > LONGEST_CODE) {
                    throw Bzip2Input.damaged("a code of " + length + " bits");
                }
                if (in.take(1) == 0) {
                    break;
                }
                length += in.take(1) == 0 ? 1 : -1;
            }
            lengths[symbol] = (byte) length;
        }
        return new Table(lengths);
    }

    /** A canonical Huffman code: of each length, its first code, and where its symbols begin in the list of all. */
    private static final class Table {
        private final int[] count = new int[LONGEST_CODE + 1];
        private final short[] ordered = new short[MOST_SYMBOLS];

        Table(byte[] lengths) {
            for (byte length : lengths) {
                count[length]++;
            }
            int at = 0;
            for (int length = 1; length <= LONGEST_CODE; length++) {
                for (int symbol = 0; symbol < lengths.length; symbol++) {
                    if (lengths[symbol] == length) {
                        ordered[at++] = (short) symbol;
                    }
                }
            }
        }

        int next(Bzip2Input in) throws IOException {
            int code = 0;
            int first = 0;
            int index = 0;
            for (int length = 1; length <= LONGEST_CODE; length++) {
                code |= in.take(1);
                if (code - first < count[length]) {
                    return ordered[index + code - first];
                }
                index += count[length];
                first = first + count[length] << 1;
                code <<= 1;
            }
            throw Bzip2Input.damaged("a code that the table does not have");
        }
    }
}
