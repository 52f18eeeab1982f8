package io.wherry.store.tar;

import io.wherry.kernel.tree.BytePath;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive entry by entry. For one thread; the stream stays the caller's.
 *
 * <p>The archive ends with two zero blocks or with its last byte; a single zero block is damage, and what comes after two is read and ignored. Global extended
 * headers are ignored when they say nothing about entries and refused otherwise: readers disagree about them.
 */
public final class TarReader {
    /** Long names and extended headers of one entry may have so many bytes. */
    public static final int METADATA_LIMIT = 1 << 20;

    private static final int SPARSE_IN_HEADER = 4;
    private static final int SPARSE_IN_BLOCK = 21;
    private static final int SPARSE_FIELD = 24;

    /** Takes a file's bytes. */
    public interface DataSink {
        /** The next bytes of data; valid during the call. */
        void data(byte[] bytes, int offset, int length);

        /** The next bytes are zero. Called for sparse entries only. */
        void hole(long length);
    }

    private final TarInput in;
    private final long headersLimit;
    private long headers;
    private long dataLeft;
    private long padding;
    private @Nullable TarEntry current;
    private boolean ended;

    /** Reads {@code in}, and refuses an archive with more than {@code headersLimit} headers of whatever kind. */
    public TarReader(InputStream in, long headersLimit) {
        this.in = new TarInput(in);
        this.headersLimit = headersLimit;
    }

    /** {@return the next entry, what is left of the present one skipped; null at the end} */
    public @Nullable TarEntry next() throws IOException {
        in.skip(dataLeft + padding);
        dataLeft = 0;
        padding = 0;
        current = null;
        PaxHeader pax = PaxHeader.NONE;
        String longPath = null;
        String longLink = null;
        while (!ended) {
            TarHeader header = header();
            if (header == null) {
                if (pax != PaxHeader.NONE || longPath != null || longLink != null) {
                    throw new TarException(in.offset(), "it ends behind the first header of an entry");
                }
                return null;
            }
            switch (header.type()) {
                case 'x', 'X' -> pax = PaxHeader.parse(metadata(header), in.offset());
                case 'g' -> refuseMeaningful(PaxHeader.parse(metadata(header), in.offset()));
                case 'L' -> longPath = text(metadata(header));
                case 'K' -> longLink = text(metadata(header));
                case 'V' -> in.skip(padded(header.size()));
                default -> {
                    TarEntry entry = entry(header, pax, longPath, longLink);
                    current = entry;
                    return entry;
                }
            }
        }
        return null;
    }

    /** Hands out the file of the present entry, holes and all, exactly {@link TarEntry#size} bytes. */
    public void transfer(DataSink sink) throws IOException {
        TarEntry entry = current;
        if (entry == null || entry.kind() != TarEntry.Kind.FILE) {
            throw new IllegalStateException("no file to read");
        }
        SparseMap map = entry.sparse();
        if (map == SparseMap.NONE) {
            pump(sink, dataLeft);
            return;
        }
        long position = 0;
        for (int i = 0; i < map.parts(); i++) {
            if (map.offset(i) > position) {
                sink.hole(map.offset(i) - position);
            }
            pump(sink, map.length(i));
            position = map.offset(i) + map.length(i);
        }
        if (entry.size() > position) {
            sink.hole(entry.size() - position);
        }
    }

    private void pump(DataSink sink, long length) throws IOException {
        for (long left = length; left > 0; ) {
            int chunk = in.available(left);
            int at = in.take(chunk);
            sink.data(in.buffer(), at, chunk);
            left -= chunk;
            dataLeft -= chunk;
        }
    }

    /** Reads what follows the end, so that whoever hashes the stream sees all of it. */
    public void drain() throws IOException {
        while (true) {
            int block;
            try {
                block = in.block();
            } catch (TarException e) {
                return; // A last part of a block, behind the end.
            }
            if (block < 0) {
                return;
            }
        }
    }

    private @Nullable TarHeader header() throws IOException {
        int at = in.block();
        if (at < 0) {
            ended = true;
            return null;
        }
        TarHeader header = new TarHeader(in.buffer(), at, in.offset() - TarInput.BLOCK);
        if (header.isZero()) {
            int second = in.block();
            if (second >= 0 && !new TarHeader(in.buffer(), second, in.offset()).isZero()) {
                throw new TarException(
                        in.offset() - TarInput.BLOCK, "a single zero block is followed by something else");
            }
            ended = true;
            return null;
        }
        header.check();
        if (++headers > headersLimit) {
            throw new TarException(Kind.DENIED, in.offset(), "it has more than " + headersLimit + " entries");
        }
        return header;
    }

    private byte[] metadata(TarHeader header) throws IOException {
        long size = header.size();
        if (size > METADATA_LIMIT) {
            throw new TarException(
                    in.offset(), "a header of " + size + " bytes, at most " + METADATA_LIMIT + " are accepted");
        }
        byte[] bytes = new byte[(int) size];
        for (int done = 0; done < bytes.length; ) {
            int chunk = in.available(bytes.length - done);
            System.arraycopy(in.buffer(), in.take(chunk), bytes, done, chunk);
            done += chunk;
        }
        in.skip(padded(size) - size);
        return bytes;
    }

    private static String text(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return BytePath.of(bytes, 0, length);
    }

    private void refuseMeaningful(PaxHeader global) {
        if (global.changesEntries()) {
            throw new TarException(
                    Kind.UNSUPPORTED,
                    in.offset(),
                    "a global header changes names, sizes, ids, times or xattrs of entries");
        }
    }

    private static long padded(long size) {
        long padding = -size & (TarInput.BLOCK - 1);
        return size > Long.MAX_VALUE - padding ? Long.MAX_VALUE : size + padding;
    }

    private TarEntry entry(TarHeader header, PaxHeader pax, @Nullable String longPath, @Nullable String longLink)
            throws IOException {
        long offset = in.offset() - TarInput.BLOCK;
        if ((longPath != null && pax.text("path") != null) || (longLink != null && pax.text("linkpath") != null)) {
            throw new TarException(offset, "an entry has two long names, one of GNU's form and one of pax's");
        }
        String path = firstOf(pax.text("GNU.sparse.name"), pax.text("path"), longPath, header.path());
        TarEntry.Kind kind = kind(header.type(), path, offset);
        String link = kind == TarEntry.Kind.SYMLINK || kind == TarEntry.Kind.LINK
                ? firstOf(pax.text("linkpath"), longLink, null, header.link())
                : "";
        boolean device = kind == TarEntry.Kind.CHARACTER || kind == TarEntry.Kind.BLOCK;
        long uid = id("uid", pax.number("uid", header.uid(), offset), offset);
        long gid = id("gid", pax.number("gid", header.gid(), offset), offset);
        TarNumbers.Time time = time(pax.text("mtime"), header, offset);
        int mode = header.mode();
        int major = device ? header.major() : 0;
        int minor = device ? header.minor() : 0;
        long stored = pax.number("size", header.size(), offset);
        long size = 0;
        SparseMap sparse = SparseMap.NONE;
        if (kind == TarEntry.Kind.FOLDER && header.type() != '5' && header.type() != 'D' && stored != 0) {
            throw new TarException(offset, "a file of " + stored + " bytes has the name of a folder");
        }
        if (kind == TarEntry.Kind.FILE || header.type() == 'D') {
            dataLeft = stored;
            padding = padded(stored) - stored;
            size = kind == TarEntry.Kind.FILE ? stored : 0;
        }
        // The header's own block is gone from here on: what follows reads further ones.
        if (header.type() == 'S') {
            size = header.number("real size", 483, 12);
            sparse = gnuSparse(header, size, offset);
        } else if (kind == TarEntry.Kind.FILE && isSparse(pax)) {
            size = pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", stored, offset), offset);
            sparse = paxSparse(pax, size, offset);
        }
        if (sparse != SparseMap.NONE && sparse.dataLength() != dataLeft) {
            throw new TarException(
                    offset, "a sparse file stores " + dataLeft + " bytes, its map has " + sparse.dataLength());
        }
        return new TarEntry(
                kind,
                path,
                link,
                mode,
                uid,
                gid,
                size,
                time.seconds(),
                time.nanos(),
                major,
                minor,
                pax.xattrs(),
                sparse);
    }

    private static String firstOf(@Nullable String a, @Nullable String b, @Nullable String c, String otherwise) {
        return a != null ? a : b != null ? b : c != null ? c : otherwise;
    }

    private static TarEntry.Kind kind(char type, String path, long offset) {
        return switch (type) {
            case '0', '\0', '7' -> path.endsWith("/") ? TarEntry.Kind.FOLDER : TarEntry.Kind.FILE;
            case 'S' -> TarEntry.Kind.FILE;
            case '1' -> TarEntry.Kind.LINK;
            case '2' -> TarEntry.Kind.SYMLINK;
            case '3' -> TarEntry.Kind.CHARACTER;
            case '4' -> TarEntry.Kind.BLOCK;
            case '5', 'D' -> TarEntry.Kind.FOLDER;
            case '6' -> TarEntry.Kind.FIFO;
            default ->
                throw new TarException(
                        Kind.UNSUPPORTED,
                        offset,
                        "`" + BytePath.show(path) + "` is of the unknown type "
                                + (type > ' ' && type < 127 ? "`" + type + "`" : (int) type));
        };
    }

    private static long id(String name, long id, long offset) {
        if (id < 0 || id >= 0xFFFF_FFFFL) {
            throw new TarException(
                    offset, "an entry has the " + name + " " + id + ", which is none of 0 to 4294967294");
        }
        return id;
    }

    private static TarNumbers.Time time(@Nullable String text, TarHeader header, long offset) {
        if (text == null) {
            return new TarNumbers.Time(header.mtime(), 0);
        }
        try {
            return TarNumbers.time(text);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new TarException(offset, "the time of an entry is not one");
        }
    }

    /** The old form: four parts in the header, then blocks of 21 as long as each says that another follows. */
    private SparseMap gnuSparse(TarHeader header, long size, long offset) throws IOException {
        if (!header.isGnu() || size < 0) {
            throw new TarException(
                    offset, "a sparse file of the old form outside of a GNU archive, or of a negative size");
        }
        SparseMap map = new SparseMap();
        boolean more = header.flag(482);
        gnuParts(map, header, 386, SPARSE_IN_HEADER, size, offset);
        while (more) {
            int at = in.block();
            if (at < 0) {
                throw new TarException(in.offset(), "it ends within the map of a sparse file");
            }
            TarHeader block = new TarHeader(in.buffer(), at, in.offset());
            more = block.flag(SPARSE_IN_BLOCK * SPARSE_FIELD);
            gnuParts(map, block, 0, SPARSE_IN_BLOCK, size, offset);
        }
        return map;
    }

    private static void gnuParts(SparseMap map, TarHeader block, int field, int count, long size, long offset) {
        for (int i = 0; i < count; i++) {
            int at = field + i * SPARSE_FIELD;
            if (!block.flag(at)) {
                return;
            }
            add(map, block.number("sparse map", at, 12), block.number("sparse map", at + 12, 12), size, offset);
        }
    }

    private static void add(SparseMap map, long at, long length, long size, long offset) {
        String problem = map.add(at, length, size);
        if (!problem.isEmpty()) {
            throw new TarException(offset, problem);
        }
    }

    private static boolean isSparse(PaxHeader pax) {
        return pax.text("GNU.sparse.major") != null
                || pax.text("GNU.sparse.map") != null
                || pax.sparse() != SparseMap.NONE
                || pax.text("GNU.sparse.size") != null;
    }

    private SparseMap paxSparse(PaxHeader pax, long size, long offset) throws IOException {
        String major = pax.text("GNU.sparse.major");
        String minor = firstOf(pax.text("GNU.sparse.minor"), null, null, "0");
        if (major != null && !major.equals("0")) {
            if (!major.equals("1") || !minor.equals("0")) {
                throw new TarException(Kind.UNSUPPORTED, offset, "a sparse file of an unknown version");
            }
            return storedSparse(size, offset);
        }
        SparseMap map = new SparseMap();
        String text = firstOf(pax.text("GNU.sparse.map"), null, null, "");
        for (int at = 0; at < text.length(); ) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? -1 : text.indexOf(',', comma + 1);
            end = end < 0 ? text.length() : end;
            String length = comma < 0 ? "" : text.substring(comma + 1, end);
            add(map, decimal(text.substring(at, Math.max(comma, at)), offset), decimal(length, offset), size, offset);
            at = end + 1;
        }
        for (int i = 0; i < pax.sparse().parts(); i++) {
            add(map, pax.sparse().offset(i), pax.sparse().length(i), size, offset);
        }
        return map;
    }

    /** The form 1.0: decimal lines in front of the data, padded to a block: the number of parts, then offset and length of each. */
    private SparseMap storedSparse(long size, long offset) throws IOException {
        long before = dataLeft;
        long count = line(offset);
        if (count > SparseMap.PARTS_LIMIT) {
            throw new TarException(
                    offset,
                    "a sparse file has " + count + " parts, at most " + SparseMap.PARTS_LIMIT + " are accepted");
        }
        SparseMap map = new SparseMap();
        for (long i = 0; i < count; i++) {
            long at = line(offset);
            add(map, at, line(offset), size, offset);
        }
        long used = before - dataLeft;
        long rest = padded(used) - used;
        if (rest > dataLeft) {
            throw new TarException(offset, "the map of a sparse file is longer than the file");
        }
        in.skip(rest);
        dataLeft -= rest;
        return map;
    }

    private long line(long offset) throws IOException {
        StringBuilder digits = new StringBuilder(20);
        while (dataLeft > 0) {
            char c = (char) (in.buffer()[in.bytes(1)] & 0xFF);
            dataLeft--;
            if (c == '\n') {
                return decimal(digits.toString(), offset);
            }
            if (digits.length() > 19) {
                break;
            }
            digits.append(c);
        }
        throw new TarException(offset, "the map of a sparse file is damaged");
    }

    private static long decimal(String text, long offset) {
        try {
            return TarNumbers.decimal(text);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new TarException(offset, "the map of a sparse file has no number where one should be");
        }
    }
}
