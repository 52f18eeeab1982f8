package io.wherry.store.tar;

import java.util.Arrays;

/** The parts of a sparse file that hold data: ascending, apart, inside of the file. All else is zero. */
public final class SparseMap {
    /** More parts than this are refused: 4 MiB of map. */
    static final int PARTS_LIMIT = 1 << 18;

    /** The file is not sparse. */
    public static final SparseMap NONE = new SparseMap();

    private long[] ends = new long[16];
    private int count;

    SparseMap() {}

    /** {@return whether the file has a map at all} */
    public boolean isSparse() {
        return this != NONE;
    }

    public int parts() {
        return count;
    }

    /** {@return where part {@code i} begins in the file} */
    public long offset(int i) {
        return ends[2 * i];
    }

    public long length(int i) {
        return ends[2 * i + 1];
    }

    /** {@return the sum of all lengths} */
    long dataLength() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += length(i);
        }
        return sum;
    }

    /** Adds a part; the reason why it cannot be is returned, or an empty text. */
    String add(long offset, long length, long size) {
        long end = count == 0 ? 0 : offset(count - 1) + length(count - 1);
        if (count == PARTS_LIMIT) {
            return "a sparse file has more than " + PARTS_LIMIT + " parts";
        }
        if (offset < end || length < 0 || offset > size || length > size - offset) {
            return "part " + count + " of a sparse file (" + length + " bytes at " + offset
                    + ") overlaps the one before or the end at " + size;
        }
        if (2 * count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * ends.length);
        }
        ends[2 * count] = offset;
        ends[2 * count + 1] = length;
        count++;
        return "";
    }
}
