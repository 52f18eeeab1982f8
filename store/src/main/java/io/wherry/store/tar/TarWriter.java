package io.wherry.store.tar;

import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.Xattr;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes an archive entry by entry: ustar, with a pax header in front of what ustar cannot say. Equal entries give equal bytes: no names of users, no clock, pax records sorted. For one thread; the
 * stream stays the caller's.
 *
 * <p>{@link #put} begins an entry; a file's {@link TarEntry#size} bytes follow by {@link #data}; {@link #finish} ends the archive. Names are bytes and are written as they are, a folder's with a slash
 * behind it, the root's as {@code ./}.
 */
public final class TarWriter {
    /** How exact times are. */
    public enum Times {
        /** Whole seconds, rounded down: what ustar can say, and what layers have. */
        SECONDS,
        /** What is left of a second as a pax record. */
        NANOS
    }

    private static final int CAPACITY = 128 << 10;
    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final long SEVEN_DIGITS = 07777777;
    private static final long ELEVEN_DIGITS = 077777777777L;

    private final OutputStream out;
    private final Times times;
    private final byte[] buffer = new byte[CAPACITY];
    private int end;
    private long dataLeft;
    private int padding;

    public TarWriter(OutputStream out, Times times) {
        this.out = out;
        this.times = times;
    }

    /** {@return whether an archive can hold an extended attribute of this name: a pax record ends it at the first {@code =}} */
    public static boolean canName(String xattr) {
        return !xattr.isEmpty() && xattr.indexOf('=') < 0 && xattr.indexOf('\0') < 0;
    }

    /**
     * Begins an entry. One that was not written to its end, holes, and numbers that no archive can hold are the caller's mistakes; {@code UNSUPPORTED} if its extended attributes together are more than
     * what {@link TarReader} accepts.
     */
    public void put(TarEntry entry) throws IOException {
        requireWhole();
        if (entry.sparse().isSparse()
                || entry.path().indexOf('\0') >= 0
                || entry.link().indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no such entry can be written: " + BytePath.show(entry.path()));
        }
        boolean file = entry.kind() == TarEntry.Kind.FILE;
        if (!file && entry.size() != 0) {
            throw new IllegalArgumentException("size of what is no file: " + BytePath.show(entry.path()));
        }
        String path = written(entry);
        int split = split(path);
        PaxRecords pax = pax(entry, path, split);
        if (!pax.isEmpty()) {
            extended(path, pax.toBytes(), entry);
        }
        header(entry, path, split);
        dataLeft = entry.size();
        padding = padding(entry.size());
        settle();
    }

    /** The next bytes of the file; more than were promised is the caller's mistake. The array may be used again after the call. */
    public void data(byte[] bytes, int offset, int length) throws IOException {
        if (length > dataLeft) {
            throw new IllegalArgumentException(length + " bytes, " + dataLeft + " are left");
        }
        append(bytes, offset, length);
        dataLeft -= length;
        settle();
    }

    /** Ends the archive with two zero blocks, and flushes it. */
    public void finish() throws IOException {
        requireWhole();
        zeros(2 * TarInput.BLOCK);
        flush();
        out.flush();
    }

    private void requireWhole() {
        if (dataLeft > 0) {
            throw new IllegalStateException(dataLeft + " bytes of a file are missing");
        }
    }

    private void settle() throws IOException {
        if (dataLeft == 0) {
            zeros(padding);
            padding = 0;
        }
    }

    private static int padding(long size) {
        return (int) (-size & (TarInput.BLOCK - 1));
    }

    private static String written(TarEntry entry) {
        String path = entry.path();
        if (entry.kind() != TarEntry.Kind.FOLDER) {
            if (path.isEmpty() || path.endsWith("/")) {
                throw new IllegalArgumentException("no name of a file: `" + BytePath.show(path) + "`");
            }
            return path;
        }
        return path.isEmpty() ? "./" : path.endsWith("/") ? path : path + "/";
    }

    /** {@return where to part the path into prefix and name; 0: it is all name, -1: it fits in no way} */
    private static int split(String path) {
        if (path.length() <= NAME) {
            return 0;
        }
        int slash = path.lastIndexOf('/', Math.min(PREFIX, path.length() - 2));
        return slash > 0 && path.length() - slash - 1 <= NAME ? slash : -1;
    }

    private PaxRecords pax(TarEntry entry, String path, int split) {
        PaxRecords pax = new PaxRecords();
        if (split < 0) {
            pax.put("path", path);
        }
        if (entry.link().length() > NAME) {
            pax.put("linkpath", entry.link());
        }
        if (entry.size() > ELEVEN_DIGITS) {
            pax.put("size", Long.toString(entry.size()));
        }
        if (entry.uid() > SEVEN_DIGITS) {
            pax.put("uid", Long.toString(entry.uid()));
        }
        if (entry.gid() > SEVEN_DIGITS) {
            pax.put("gid", Long.toString(entry.gid()));
        }
        boolean fraction = times == Times.NANOS && entry.nanos() != 0;
        if (fraction || entry.seconds() < 0 || entry.seconds() > ELEVEN_DIGITS) {
            pax.put("mtime", TarNumbers.text(entry.seconds(), fraction ? entry.nanos() : 0));
        }
        for (Xattr xattr : entry.xattrs()) {
            if (!canName(xattr.name())) {
                throw new IllegalArgumentException("xattr name: " + BytePath.show(xattr.name()));
            }
            pax.put(PaxHeader.XATTR + xattr.name(), xattr.value());
        }
        return pax;
    }

    private void extended(String path, byte[] records, TarEntry entry) throws IOException {
        if (records.length > TarReader.METADATA_LIMIT) {
            throw new WherryException(
                    Kind.UNSUPPORTED,
                    "The entry `" + BytePath.show(entry.path()) + "` has a name and extended attributes of "
                            + records.length + " bytes, an archive's header has at most " + TarReader.METADATA_LIMIT
                            + ".");
        }
        // The name is read by no one but a tar that knows no pax: then it is a file's, beside nothing of the archive.
        String last = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String name = "PaxHeaders.0/" + last.substring(last.lastIndexOf('/') + 1);
        TarHeaderFields fields = fields();
        fields.text(0, name.length() > NAME ? name.substring(0, NAME) : name);
        fields.numbers(0644, 0, 0, records.length, 0);
        fields.type('x');
        fields.seal(0, 0);
        append(records, 0, records.length);
        zeros(padding(records.length));
    }

    private void header(TarEntry entry, String path, int split) throws IOException {
        boolean device = entry.kind() == TarEntry.Kind.CHARACTER || entry.kind() == TarEntry.Kind.BLOCK;
        TarHeaderFields fields = fields();
        if (split > 0) {
            fields.text(TarHeaderFields.PREFIX_AT, path.substring(0, split));
        }
        fields.text(0, split > 0 ? path.substring(split + 1) : cut(path));
        fields.text(TarHeaderFields.LINK_AT, cut(entry.link()));
        fields.numbers(
                entry.mode(),
                entry.uid() > SEVEN_DIGITS ? 0 : entry.uid(),
                entry.gid() > SEVEN_DIGITS ? 0 : entry.gid(),
                entry.size() > ELEVEN_DIGITS ? 0 : entry.size(),
                entry.seconds() < 0 || entry.seconds() > ELEVEN_DIGITS ? 0 : entry.seconds());
        fields.type(
                switch (entry.kind()) {
                    case FILE -> '0';
                    case LINK -> '1';
                    case SYMLINK -> '2';
                    case CHARACTER -> '3';
                    case BLOCK -> '4';
                    case FOLDER -> '5';
                    case FIFO -> '6';
                });
        fields.seal(device ? entry.major() : 0, device ? entry.minor() : 0);
    }

    private static String cut(String text) {
        return text.length() > NAME ? text.substring(0, NAME) : text;
    }

    /** A header block of zeros in the buffer, to be filled in. */
    private TarHeaderFields fields() throws IOException {
        zeros(TarInput.BLOCK);
        return new TarHeaderFields(buffer, end - TarInput.BLOCK);
    }

    private void zeros(int length) throws IOException {
        if (CAPACITY - end < length) {
            flush();
        }
        Arrays.fill(buffer, end, end + length, (byte) 0);
        end += length;
    }

    private void append(byte[] bytes, int offset, int length) throws IOException {
        if (CAPACITY - end < length) {
            flush();
        }
        if (length >= CAPACITY / 2) {
            flush();
            out.write(bytes, offset, length);
            return;
        }
        System.arraycopy(bytes, offset, buffer, end, length);
        end += length;
    }

    private void flush() throws IOException {
        out.write(buffer, 0, end);
        end = 0;
    }
}
