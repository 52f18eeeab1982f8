package io.wherry.kernel.tree;

import io.wherry.oci.WherryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tree by a pilot whose root it is: the counterpart of {@link TreeWriter}. Ask for something, then take entries with {@link #next} until it is null; several requests may be made before the first is
 * taken, and are answered in their order. The session stays its owner's. Not safe for use by several threads.
 *
 * <p>The tree may change meanwhile, and who changes it may be hostile: nothing outside of it is ever reached, no read waits for somebody (a FIFO, a device), and a file has exactly the
 * {@link TreeEntry#size} that it was announced with, zeros in place of what is missing. Sockets, and what vanished or changed its kind under our eyes, are left out: {@link #leftOut}.
 *
 * <p>A folder comes before what is below it; the entries of each folder are in the order of their bytes. Errors come as {@link TreeException}; after one the reader is of no use.
 */
public final class TreeReader {
    /** Takes a file's bytes. */
    public interface DataSink {
        /** The next bytes; valid during the call. */
        void data(byte[] bytes, int offset, int length) throws IOException;

        /** The next bytes are zero, and take no room. */
        void hole(long length) throws IOException;
    }

    private static final int ABSENT = 0x02;
    private static final int COUNT = 0x04;
    private static final int DATA = 0x20;
    private static final int BELOW = 0x40;
    private static final int LIST = 0x80;

    private final RecordBuffer out;
    private final ReadRecords in;
    private final Registers registers = new Registers();
    private final List<String> requests = new ArrayList<>();
    private final List<TreeReply> notes = new ArrayList<>();
    private final StringBuilder folder = new StringBuilder();
    private final List<Integer> marks = new ArrayList<>();
    private int answered;
    private boolean flushed = true;
    private long counted;
    private long dataLeft;
    private boolean inRecords;

    public TreeReader(TreeSession session) {
        this.out = new RecordBuffer(session.operations());
        this.in = new ReadRecords(session.replies());
    }

    /** Asks for an entry, with all that is below it. A file's data follow its entry, except those of a file that came under another name. */
    public void readAll(String path, boolean data) {
        ask(path, BELOW | (data ? DATA : 0));
    }

    /** Asks for one entry; there is none if it, or a folder on the way, is not there or is a link. */
    public void readOne(String path, boolean data) {
        ask(path, ABSENT | (data ? DATA : 0));
    }

    /** Asks for the entries of a folder, without data and what is below them; there are none if it is not there, or is no folder, or a link is on the way. */
    public void list(String path) {
        BytePath.check(path);
        run(() -> {
            int register = opened(path);
            out.begin(TreeOp.READ, ABSENT | LIST, register, RecordBuffer.NONE, "", "");
            asked(path.isEmpty() ? "" : path + "/");
        });
    }

    private void ask(String path, int flags) {
        BytePath.check(path);
        run(() -> {
            int dir = path.isEmpty() ? 0 : opened(BytePath.parent(path));
            out.begin(TreeOp.READ, flags, dir, RecordBuffer.NONE, BytePath.name(path), "");
            asked(
                    path.isEmpty()
                            ? ""
                            : path.substring(
                                    0, path.length() - BytePath.name(path).length()));
        });
    }

    /**
     * Asks for an entry of a folder that is found inside the root as the kernel finds it, links and {@code ..} included; there is none if the folder or the entry is not there.
     *
     * @param parent 1 to 4,095 bytes
     * @param name a single name, or empty for the folder itself
     * @param path what entries are called, as a path below
     */
    public void readAt(String parent, String name, String path, boolean below, boolean data) {
        BytePath.checkWalked(parent);
        run(() -> {
            String key = "\0" + requests.size(); // no path of a tree: it is walked anew each time
            int register = registers.find(key) < 0 ? registers.assign(key) : registers.find(key);
            out.begin(TreeOp.WALK, ABSENT, 0, register, parent, "");
            out.end();
            out.begin(
                    TreeOp.READ,
                    ABSENT | (below ? BELOW : 0) | (data ? DATA : 0),
                    register,
                    RecordBuffer.NONE,
                    name,
                    "");
            asked(
                    path.isEmpty()
                            ? ""
                            : path.substring(
                                    0, path.length() - BytePath.name(path).length()));
        });
    }

    private void asked(String prefix) throws IOException {
        out.end();
        out.begin(TreeOp.SYNC, 0, 0, RecordBuffer.NONE, "", "");
        out.end();
        requests.add(prefix);
        flushed = false;
    }

    /** Each folder on the way is opened by its single name, so that no link is followed; one that is absent makes all below it absent. */
    private int opened(String path) throws IOException {
        int register = registers.find(path);
        if (register < 0) {
            int dir = opened(BytePath.parent(path));
            register = registers.assign(path);
            out.begin(TreeOp.OPEN, ABSENT | COUNT, dir, register, BytePath.name(path), "");
            out.end();
        }
        return register;
    }

    /** {@return the next entry of the oldest request, what is left of the present one skipped; null at its end, and the next call is about the next request} */
    public @Nullable TreeEntry next() {
        return call(this::advance);
    }

    private @Nullable TreeEntry advance() throws IOException {
        if (answered == requests.size()) {
            throw new IllegalStateException("nothing was asked for");
        }
        if (!flushed) {
            out.flush();
            flushed = true;
        }
        skip();
        List<Xattr> xattrs = List.of();
        for (; ; ) {
            if (in.replyIsNext()) {
                if (take(in.reply())) {
                    requests.set(answered++, "");
                    folder.setLength(0);
                    marks.clear();
                    if (answered == requests.size()) {
                        requests.clear();
                        answered = 0;
                    }
                    return null;
                }
                continue;
            }
            in.next();
            if (in.op() == TreeOp.XATTR.number()) {
                String name = in.link();
                if (in.size() > Xattr.VALUE_LIMIT) {
                    throw new IOException("an xattr of " + in.size() + " bytes");
                }
                xattrs = xattrs.isEmpty() ? new ArrayList<>(2) : xattrs;
                xattrs.add(new Xattr(name, in.bytes((int) in.size())));
            } else if (in.op() == TreeOp.END.number()) {
                folder.setLength(marks.removeLast());
            } else {
                return entry(xattrs);
            }
        }
    }

    private TreeEntry entry(List<Xattr> xattrs) throws IOException {
        String name = in.name();
        String path = requests.get(answered) + folder + name;
        TreeEntry entry = in.entry(path, xattrs);
        if (entry.entered()) {
            marks.add(folder.length());
            folder.append(name);
            if (!name.isEmpty()) {
                folder.append('/');
            }
        }
        if (entry.kind() == TreeEntry.Kind.FILE && !entry.bare()) {
            dataLeft = entry.size();
            inRecords = (entry.flags() & TreeEntry.MORE) != 0;
        }
        return entry;
    }

    /** {@return whether the request's end has come} */
    private boolean take(TreeReply reply) {
        switch (reply.kind()) {
            case TreeReply.ERROR -> throw TreeException.of(reply);
            case TreeReply.NOTE -> notes.add(reply);
            case TreeReply.SYNC -> {
                counted = reply.counted();
                return true;
            }
            default -> throw TreeException.lost(null);
        }
        return false;
    }

    /** Hands out the data of the present entry, exactly {@link TreeEntry#size} bytes; nothing if it is no file, or {@link TreeEntry#bare}. */
    public void transfer(DataSink sink) throws IOException {
        while (dataLeft > 0) {
            long chunk = dataLeft;
            boolean hole = false;
            if (inRecords) {
                chunk = call(this::part);
                hole = in.op() == TreeOp.HOLE.number();
            }
            dataLeft -= chunk;
            if (hole) {
                sink.hole(chunk);
            } else {
                pump(sink, chunk);
            }
        }
    }

    private long part() throws IOException {
        while (in.replyIsNext()) {
            take(in.reply());
        }
        in.next();
        boolean known = in.op() == TreeOp.DATA.number() || in.op() == TreeOp.HOLE.number();
        if (!known || in.size() > dataLeft) {
            throw new IOException("operation " + in.op() + " within a file");
        }
        return in.size();
    }

    private void pump(DataSink sink, long length) throws IOException {
        for (long left = length; left > 0; ) {
            long most = left;
            int chunk = call(() -> in.available(most));
            int at = in.take(chunk);
            sink.data(in.buffer(), at, chunk);
            left -= chunk;
        }
    }

    private void skip() throws IOException {
        transfer(new DataSink() {
            @Override
            public void data(byte[] bytes, int offset, int length) {}

            @Override
            public void hole(long length) {}
        });
    }

    /** {@return the only entry of a request, or null if there is none} */
    public @Nullable TreeEntry only() {
        TreeEntry entry = next();
        if (entry != null) {
            next();
        }
        return entry;
    }

    /** {@return how many entries were left out so far, of requests that were taken to their end} */
    public long leftOut() {
        return counted;
    }

    /** {@return the first of them, at most 64: their names, and as errno EOPNOTSUPP for a socket, ESTALE for what changed} */
    public List<TreeReply> notes() {
        return List.copyOf(notes);
    }

    private interface Work<T extends @Nullable Object> {
        T run() throws IOException;
    }

    private interface Records {
        void write() throws IOException;
    }

    /** What fails while the pilot is read means that it is gone. */
    private static <T extends @Nullable Object> T call(Work<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw TreeException.lost(e);
        }
    }

    /** A pipe that broke has a reason, which is in the replies. */
    private void run(Records records) {
        try {
            records.write();
        } catch (IOException e) {
            drain(e);
        }
    }

    private void drain(IOException broken) throws WherryException {
        try {
            for (; ; ) {
                if (in.replyIsNext()) {
                    take(in.reply());
                } else {
                    in.next();
                    in.bytes(in.op() == TreeOp.XATTR.number() ? (int) in.size() : 0);
                }
            }
        } catch (IOException _) {
            throw TreeException.lost(broken);
        }
    }
}
