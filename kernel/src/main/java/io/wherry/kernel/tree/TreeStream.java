package io.wherry.kernel.tree;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes operations as records of a tree stream onto a session. Close it when done with it, with success or without; the session stays its
 * owner's.
 *
 * @see "docs/trees.md"
 */
public final class TreeStream implements TreeWriter, AutoCloseable {
    /** What happens when the folder of an entry is absent. */
    public enum Parents {
        /** It is made, as {@link Attributes#IMPLIED_FOLDER}. */
        MAKE,
        /** {@code ENOENT}: whoever writes a part of a tree must not invent what the rest knows better. */
        REQUIRE
    }

    /** What gives way to an entry. */
    public enum Replacing {
        /** Whatever has its name, a folder with all below it. */
        ALL,
        /** What is no folder; and a folder stays where a folder is to be. Anything else is an error, {@code EISDIR} or {@code ENOTDIR}. */
        ALIKE
    }

    /** How many names the folders of {@link #alike} may have. */
    public static final int ALIKE_DEPTH = 100;

    private static final int REPLACE = 0x01;
    private static final int ABSENT = 0x02;
    private static final int COUNT = 0x04;
    private static final int MORE = 0x08;
    private static final int MAKE = 0x10;
    private static final int ALONE = 0x20;
    private static final int GENTLE = 0x20;
    private static final int OWNER = 0x20;
    private static final int MODE = 0x40;
    private static final int TIME = 0x80;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;
    private static final int LINK_LIMIT = 4095;
    private static final String CAPABILITY = "security.capability";

    private final TreeSession session;
    private final Parents parents;
    private final int replace;
    private final RecordBuffer out;
    private final Registers registers = new Registers();
    private final FolderTimes times;
    private final List<TreeReply> notes = new ArrayList<>();
    private String lastParent = "";
    private int lastRegister;
    private long missing;
    private boolean inFile;
    private boolean inRecords;
    private String filePath = "";
    /** Of the open file: sent after its data, since a write may clear them. */
    private List<Xattr> pending = List.of();

    /** @param spill a file that does not exist and may be used for a while, on a disk */
    public TreeStream(TreeSession session, Parents parents, Path spill) {
        this(session, parents, Replacing.ALL, spill);
    }

    /** The same with a choice of what gives way. */
    public TreeStream(TreeSession session, Parents parents, Replacing replacing, Path spill) {
        this.replace = replacing == Replacing.ALL ? REPLACE : REPLACE | GENTLE;
        this.session = session;
        this.parents = parents;
        this.out = new RecordBuffer(session.operations());
        this.times = new FolderTimes(spill);
    }

    @Override
    public void folder(String path, Attributes a, List<Xattr> xattrs) {
        between();
        BytePath.check(path);
        run(() -> {
            if (path.isEmpty()) {
                out.begin(TreeOp.META, OWNER | MODE, 0, RecordBuffer.NONE, "", "");
                out.mode(a.mode()).owner(a).end();
            } else {
                int dir = parent(path);
                registers.forget(path);
                forgetLast();
                int register = registers.assign(path);
                out.begin(TreeOp.MKDIR, replace, dir, register, BytePath.name(path), "");
                out.mode(a.mode()).owner(a).end();
                lastParent = path;
                lastRegister = register;
            }
            for (Xattr xattr : xattrs) {
                xattr(path.isEmpty() ? 0 : lastRegister, "", xattr);
            }
            times.add(path, a.seconds(), a.nanos());
        });
    }

    @Override
    public void impliedFolder(String path) {
        between();
        checkEntry(path);
        Attributes a = Attributes.IMPLIED_FOLDER;
        run(() -> {
            int dir = parent(path);
            registers.forget(path);
            int register = registers.assign(path);
            out.begin(TreeOp.MKDIR, 0, dir, register, BytePath.name(path), "");
            out.mode(a.mode()).owner(a).end();
            lastParent = path;
            lastRegister = register;
            times.add(path, a.seconds(), a.nanos());
        });
    }

    @Override
    public void file(String path, Attributes a, List<Xattr> xattrs, long size, boolean sparse) {
        between();
        checkEntry(path);
        if (size < 0) {
            throw new IllegalArgumentException("file of " + size + " bytes");
        }
        run(() -> {
            int dir = replaced(path);
            inRecords = sparse || !xattrs.isEmpty();
            out.begin(
                    TreeOp.FILE, inRecords ? replace | MORE : replace, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.mode(a.mode()).owner(a).time(a).size(size).end();
            inFile = true;
            missing = size;
            filePath = path;
            pending = xattrs;
        });
    }

    @Override
    public void data(byte[] bytes, int offset, int length) {
        cover(length);
        run(() -> {
            if (inRecords) {
                out.begin(TreeOp.DATA, 0, 0, RecordBuffer.NONE, "", "");
                out.size(length).end();
            }
            out.data(bytes, offset, length);
        });
    }

    @Override
    public void hole(long length) {
        cover(length);
        if (!inRecords) {
            throw new IllegalArgumentException("a hole in a file that was not begun as sparse");
        }
        run(() -> {
            out.begin(TreeOp.HOLE, 0, 0, RecordBuffer.NONE, "", "");
            out.size(length).end();
        });
    }

    private void cover(long length) {
        if (!inFile || length < 0 || length > missing) {
            throw new IllegalArgumentException(
                    length + " bytes of a file that lacks " + (inFile ? missing : 0) + ": " + BytePath.show(filePath));
        }
        missing -= length;
    }

    @Override
    public void endFile() {
        if (!inFile || missing != 0) {
            throw new IllegalArgumentException("end of a file that lacks " + missing + ": " + BytePath.show(filePath));
        }
        inFile = false;
        if (!inRecords) {
            return;
        }
        run(() -> {
            Xattr capability = null;
            for (Xattr xattr : pending) {
                if (xattr.name().equals(CAPABILITY)) {
                    capability = xattr;
                } else {
                    xattr(0, "", xattr);
                }
            }
            if (capability != null) {
                xattr(0, "", capability);
            }
            out.begin(TreeOp.END, 0, 0, RecordBuffer.NONE, "", "");
            out.end();
        });
    }

    @Override
    public void symlink(String path, String target, Attributes a, List<Xattr> xattrs) {
        between();
        checkEntry(path);
        if (target.isEmpty() || target.length() > LINK_LIMIT || target.indexOf('\0') >= 0) {
            throw new WherryException(
                    Kind.INVALID,
                    "The link `" + BytePath.show(path) + "` has a target of " + target.length()
                            + " bytes; it must have 1 to " + LINK_LIMIT + ", none of them zero.");
        }
        run(() -> {
            int dir = replaced(path);
            out.begin(TreeOp.SYMLINK, replace, dir, RecordBuffer.NONE, BytePath.name(path), target);
            out.owner(a).time(a).end();
            xattrs(dir, path, xattrs);
        });
    }

    @Override
    public void link(String path, String existing) {
        between();
        checkEntry(path);
        checkEntry(existing);
        run(() -> {
            int source = parentOf(existing, parents == Parents.MAKE ? Parents.REQUIRE : parents);
            int dir = replaced(path);
            if (source != 0 && registers.find(BytePath.parent(existing)) != source) {
                source = parent(existing); // Its register went to the other folder.
            }
            out.begin(TreeOp.LINK, replace, dir, source, BytePath.name(path), BytePath.name(existing));
            out.end();
        });
    }

    @Override
    public void fifo(String path, Attributes a, List<Xattr> xattrs) {
        between();
        checkEntry(path);
        run(() -> {
            int dir = replaced(path);
            out.begin(TreeOp.FIFO, replace, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.mode(a.mode()).owner(a).time(a).end();
            xattrs(dir, path, xattrs);
        });
    }

    @Override
    public void device(String path, boolean block, int major, int minor, Attributes a, List<Xattr> xattrs) {
        between();
        checkEntry(path);
        if (major < 0 || major >= 1 << 12 || minor < 0 || minor >= 1 << 20 || (!block && major == 0 && minor == 0)) {
            throw new WherryException(
                    Kind.INVALID,
                    "The device `" + BytePath.show(path) + "` has the number " + major + ":" + minor + "; "
                            + "major must be 0 to 4095, minor 0 to 1048575, and the character device 0:0 is no device.");
        }
        run(() -> {
            int dir = replaced(path);
            out.begin(TreeOp.NODE, replace | COUNT, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.mode((block ? S_IFBLK : S_IFCHR) | a.mode())
                    .owner(a)
                    .time(a)
                    .aux((long) major << 32 | minor)
                    .end();
        });
    }

    @Override
    public void whiteout(String path) {
        removal(TreeOp.WHITEOUT, 0, path);
    }

    @Override
    public void remove(String path) {
        removal(TreeOp.RMTREE, ABSENT, path);
    }

    private void removal(TreeOp op, int flags, String path) {
        between();
        checkEntry(path);
        run(() -> {
            int dir = replaced(path);
            out.begin(op, flags, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.end();
        });
    }

    @Override
    public void opaque(String path) {
        between();
        BytePath.check(path);
        run(() -> {
            int dir = folderRegister(path, parents);
            registers.forget(path);
            forgetLast();
            out.begin(TreeOp.OPAQUE, 0, dir, RecordBuffer.NONE, "", "");
            out.end();
        });
    }

    /** Copies all below one folder, and its metadata, into another, which is empty. Both exist. */
    public void copy(String from, String to) {
        between();
        BytePath.check(from);
        BytePath.check(to);
        run(() -> {
            int target = folderRegister(to, Parents.REQUIRE);
            int source = folderRegister(from, Parents.REQUIRE);
            out.begin(TreeOp.COPY, 0, source, target, "", "");
            out.end();
        });
    }

    /** Makes an empty subvolume of btrfs; nothing has its name. The time of the attributes is not used. */
    public void subvolume(String path, Attributes a) {
        between();
        checkEntry(path);
        run(() -> {
            int dir = parent(path);
            out.begin(TreeOp.SUBVOLUME, 0, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.mode(a.mode()).owner(a).end();
        });
    }

    /** Makes a subvolume of btrfs that shares all with another, as it is now; nothing has its name. Both can be changed afterwards. */
    public void snapshot(String from, String path) {
        between();
        BytePath.check(from);
        checkEntry(path);
        run(() -> {
            int dir = parent(path);
            int source = folderRegister(from, Parents.REQUIRE);
            out.begin(TreeOp.SNAPSHOT, 0, dir, source, BytePath.name(path), "");
            out.end();
        });
    }

    /**
     * Gives a folder the owner, mode, time and xattrs of another; nothing happens if one is absent. Both are opened name by name, and a link on the way is {@code ENOTDIR}.
     *
     * @param from as {@code to}: on an overlay mount the folder is copied up, with all above it
     * @throws IllegalArgumentException if one has more than {@link #ALIKE_DEPTH} names
     */
    public void alike(String from, String to) {
        between();
        checkDepth(from);
        checkDepth(to);
        run(() -> {
            int source = opened(from);
            int target = opened(to);
            out.begin(TreeOp.COPY, ALONE, source, target, "", "");
            out.end();
        });
    }

    /** Gives the root and all below it to an owner; links themselves, and nothing that is mounted below. */
    public void own(Attributes owner) {
        between();
        run(() -> {
            out.begin(TreeOp.OWN, 0, 0, RecordBuffer.NONE, "", "");
            out.owner(owner).end();
        });
    }

    /** So few that the registers of two ways are never needed for anything else before they are used. */
    private static void checkDepth(String folder) {
        BytePath.check(folder);
        int names = 1;
        for (int i = 0; i < folder.length(); i++) {
            names += folder.charAt(i) == '/' ? 1 : 0;
        }
        if (names > ALIKE_DEPTH) {
            throw new IllegalArgumentException("a folder " + names + " names deep, at most " + ALIKE_DEPTH);
        }
    }

    /** {@return what an entry, with all below it, takes of the disk}; one that is not there nothing. No link is followed on the way, and no more than {@link #ALIKE_DEPTH} names. */
    public TreeUsage usage(String path) {
        between();
        checkEntry(path);
        checkDepth(path);
        TreeUsage[] usage = new TreeUsage[1];
        run(() -> {
            int dir = opened(BytePath.parent(path));
            out.begin(TreeOp.USAGE, 0, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.end();
            out.flush();
            TreeReply reply = next();
            usage[0] = new TreeUsage(reply.entries(), reply.bytes(), reply.id(), reply.counted());
        });
        return usage[0];
    }

    /** {@return the folder's register; each folder on the way has been opened by its single name, so that no link was followed} */
    private int opened(String folder) throws IOException {
        int register = registers.find(folder);
        if (register < 0) {
            int dir = opened(BytePath.parent(folder));
            register = registers.assign(folder);
            out.begin(TreeOp.OPEN, ABSENT, dir, register, BytePath.name(folder), "");
            out.end();
        }
        return register;
    }

    @Override
    public TreeTotals finish() {
        between();
        run(() -> {
            out.begin(TreeOp.SYNC, 0, 0, RecordBuffer.NONE, "", "");
            out.end();
            times.drain(this::time);
            out.begin(TreeOp.EOF, 0, 0, RecordBuffer.NONE, "", "");
            out.end();
            out.flush();
        });
        try {
            for (; ; ) {
                TreeReply reply = next();
                if (reply.kind() == TreeReply.END) {
                    return new TreeTotals(reply.entries(), reply.bytes(), reply.counted(), notes);
                }
            }
        } catch (IOException e) {
            throw TreeException.lost(e);
        }
    }

    /** Waits until all operations so far are carried out, and with {@code durable} until they are on the disk. */
    public void sync(boolean durable) {
        between();
        run(() -> {
            out.begin(TreeOp.SYNC, durable ? TIME : 0, 0, RecordBuffer.NONE, "", "");
            out.end();
            out.flush();
            while (next().kind() != TreeReply.SYNC) {
                // Notes are kept by next().
            }
        });
    }

    private void time(String path, long seconds, int nanos) {
        run(() -> {
            int dir = path.isEmpty() ? 0 : parent(path);
            out.begin(TreeOp.META, TIME | ABSENT, dir, RecordBuffer.NONE, BytePath.name(path), "");
            out.time(seconds, nanos).end();
        });
    }

    private void xattrs(int dir, String path, List<Xattr> xattrs) throws IOException {
        for (Xattr xattr : xattrs) {
            xattr(dir, BytePath.name(path), xattr);
        }
    }

    private void xattr(int dir, String name, Xattr xattr) throws IOException {
        byte[] value = xattr.value();
        out.begin(TreeOp.XATTR, COUNT, dir, RecordBuffer.NONE, name, xattr.name());
        out.size(value.length).end();
        out.data(value, 0, value.length);
    }

    /** {@return the register of the entry's folder}, after forgetting what is at or below the entry. */
    private int replaced(String path) throws IOException {
        registers.forget(path);
        int dir = parent(path);
        if (lastParent.startsWith(path)) {
            forgetLast();
        }
        return dir;
    }

    private void forgetLast() {
        lastParent = "";
        lastRegister = 0;
    }

    private int parent(String path) throws IOException {
        return parentOf(path, parents);
    }

    private int parentOf(String path, Parents policy) throws IOException {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            return 0;
        }
        if (slash == lastParent.length() && path.startsWith(lastParent)) {
            registers.find(lastParent); // Keeps it recently used.
            return lastRegister;
        }
        return folderRegister(path.substring(0, slash), policy);
    }

    private int folderRegister(String folder, Parents policy) throws IOException {
        int register = registers.find(folder);
        if (register < 0) {
            register = registers.assign(folder);
            boolean make = policy == Parents.MAKE;
            out.begin(TreeOp.WALK, make ? MAKE : 0, 0, register, folder, "");
            if (make) {
                Attributes a = Attributes.IMPLIED_FOLDER;
                out.mode(a.mode()).owner(a).time(a);
            }
            out.end();
        }
        lastParent = folder;
        lastRegister = register;
        return register;
    }

    private void between() {
        if (inFile) {
            throw new IllegalStateException("the file " + BytePath.show(filePath) + " was not ended");
        }
    }

    private static void checkEntry(String path) {
        BytePath.check(path);
        if (path.isEmpty()) {
            throw new WherryException(Kind.INVALID, "The root of a tree can only be a folder.");
        }
    }

    /** Work that writes records. */
    private interface Records {
        void write() throws IOException;
    }

    /** A pipe that broke has a reason, which is in the replies. */
    private void run(Records records) {
        try {
            records.write();
        } catch (IOException e) {
            try {
                for (; ; ) {
                    next(); // Ends with the error reply, or at the end of replies.
                }
            } catch (IOException _) {
                throw TreeException.lost(e);
            }
        }
    }

    /** {@return the next reply; notes are collected, an error is thrown} */
    private TreeReply next() throws IOException {
        for (; ; ) {
            byte[] bytes = session.replies().readNBytes(TreeReply.LENGTH);
            if (bytes.length < TreeReply.LENGTH) {
                throw new IOException("end of replies after " + bytes.length + " bytes");
            }
            TreeReply reply = TreeReply.parse(bytes);
            if (reply.kind() == TreeReply.ERROR) {
                throw TreeException.of(reply);
            }
            if (reply.kind() != TreeReply.NOTE) {
                return reply;
            }
            notes.add(reply);
        }
    }

    @Override
    public void close() {
        try {
            times.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing the list of folder times", e);
        }
    }

    /** {@return the first bytes of a stream} */
    static byte[] magic() {
        return "WHERRYT1".getBytes(StandardCharsets.US_ASCII);
    }
}
