package io.wherry.store.tar;

import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.Xattr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records of one extended header, {@code length key=value\n} each. Values are bytes. */
final class PaxHeader {
    static final PaxHeader NONE = new PaxHeader();
    static final String XATTR = "SCHILY.xattr.";
    private static final String SPARSE = "GNU.sparse.";

    private final Map<String, String> values = new HashMap<>();
    private final List<Xattr> xattrs = new ArrayList<>();
    private SparseMap sparse = SparseMap.NONE;
    private long sparseOffset = -1;

    private PaxHeader() {}

    /**
     * {@return the records in {@code b}}
     *
     * @param offset where they are, for messages
     */
    static PaxHeader parse(byte[] b, long offset) {
        int length = b.length;
        PaxHeader header = new PaxHeader();
        int at = 0;
        while (at < length) {
            int space = at;
            long size = 0;
            while (space < length && b[space] >= '0' && b[space] <= '9' && size <= length) {
                size = size * 10 + (b[space++] - '0');
            }
            if (space == at
                    || space >= length
                    || b[space] != ' '
                    || size > length - at
                    || at + size - 1 <= space
                    || b[at + (int) size - 1] != '\n') {
                throw new TarException(offset + at, "an extended header has a record of a wrong length");
            }
            int end = at + (int) size - 1;
            int equals = space + 1;
            while (equals < end && b[equals] != '=') {
                equals++;
            }
            if (equals == end || equals == space + 1) {
                throw new TarException(offset + at, "a record of an extended header has no name or no `=`");
            }
            header.put(BytePath.of(b, space + 1, equals - space - 1), b, equals + 1, end, offset + at);
            at = end + 1;
        }
        return header;
    }

    private void put(String key, byte[] b, int from, int to, long offset) {
        if (key.startsWith(XATTR)) {
            byte[] value = new byte[to - from];
            System.arraycopy(b, from, value, 0, value.length);
            xattrs.add(new Xattr(key.substring(XATTR.length()), value));
            return;
        }
        String value = BytePath.of(b, from, to - from);
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            sparsePart(key, value, offset);
            return;
        }
        switch (key) {
            case "path", "linkpath", "size", "uid", "gid", "mtime" -> values.put(key, value);
            default -> {
                if (key.startsWith(SPARSE)) {
                    values.put(key, value);
                }
            }
        }
    }

    /** The form 0.0: offset and length of each part as records of their own, repeated. */
    private void sparsePart(String key, String value, long offset) {
        long number = number(key, value, offset);
        if (key.endsWith("offset") == (sparseOffset >= 0)) {
            throw new TarException(offset, "`GNU.sparse.offset` and `numbytes` do not alternate");
        }
        if (key.endsWith("offset")) {
            sparseOffset = number;
            return;
        }
        if (sparse == SparseMap.NONE) {
            sparse = new SparseMap();
        }
        String problem = sparse.add(sparseOffset, number, Long.MAX_VALUE);
        if (!problem.isEmpty()) {
            throw new TarException(offset, problem);
        }
        sparseOffset = -1;
    }

    private static long number(String key, String value, long offset) {
        try {
            return TarNumbers.decimal(value);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new TarException(offset, "`" + key + "` is not a number of 64 bits");
        }
    }

    /** {@return the value; an empty one counts as absent, as POSIX says} */
    @Nullable
    String text(String key) {
        String value = values.get(key);
        return value == null || value.isEmpty() ? null : value;
    }

    long number(String key, long otherwise, long offset) {
        String value = text(key);
        return value == null ? otherwise : number(key, value, offset);
    }

    List<Xattr> xattrs() {
        return xattrs;
    }

    /** {@return the parts of the form 0.0} */
    SparseMap sparse() {
        return sparse;
    }

    /** {@return whether there is anything that would change an entry} */
    boolean changesEntries() {
        return !values.isEmpty() || !xattrs.isEmpty() || sparse != SparseMap.NONE;
    }
}
