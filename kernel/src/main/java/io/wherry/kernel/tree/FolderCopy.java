package io.wherry.kernel.tree;

import java.io.IOException;

/**
 * Copies a folder of a tree into the folder beside it ({@link TreeTarget#beside}): all below it, with owners, modes, times, links and holes. The path is resolved inside the tree, links included, and the names beside it are single ones,
 * so that neither a hostile tree nor what was copied can lead anywhere else.
 *
 * @see "docs/trees.md"
 */
public final class FolderCopy {
    private static final int BESIDE = 1;
    private static final int SOURCE = 2;
    private static final int TARGET = 3;
    private static final int DURABLE = 0x80;

    private FolderCopy() {}

    /**
     * Copies; afterwards the session is of no more use.
     *
     * @param path of the folder in the tree, a byte string; not the root
     * @param name of an empty folder beside it
     * @param durable whether all is on the disk when it returns
     * @return whether there is such a folder in the tree
     * @throws TreeException if it cannot be copied whole
     */
    public static boolean copy(TreeSession session, String path, String name, boolean durable) {
        BytePath.check(path);
        RecordBuffer out = new RecordBuffer(session.operations());
        try {
            out.begin(TreeOp.WALK, 0, 0, SOURCE, path, "").end();
            out.begin(TreeOp.OPEN, 0, BESIDE, TARGET, name, "").end();
            out.begin(TreeOp.COPY, 0, SOURCE, TARGET, "", "").end();
            out.begin(TreeOp.SYNC, durable ? DURABLE : 0, 0, RecordBuffer.NONE, "", "")
                    .end();
            out.begin(TreeOp.EOF, 0, 0, RecordBuffer.NONE, "", "").end();
            out.flush();
        } catch (IOException e) {
            // why the pilot reads no more is in its reply
        }
        try {
            for (; ; ) {
                byte[] bytes = session.replies().readNBytes(TreeReply.LENGTH);
                if (bytes.length < TreeReply.LENGTH) {
                    throw new IOException("end of replies after " + bytes.length + " bytes");
                }
                TreeReply reply = TreeReply.parse(bytes);
                if (reply.kind() == TreeReply.END) {
                    return true;
                }
                if (reply.kind() == TreeReply.ERROR) {
                    if (isAbsent(reply)) {
                        return false;
                    }
                    throw TreeException.of(reply);
                }
            }
        } catch (IOException e) {
            throw TreeException.lost(e);
        }
    }

    /** Nothing there, a file, or links in a circle. */
    private static boolean isAbsent(TreeReply reply) {
        return reply.op() == TreeOp.WALK.number()
                && (reply.errno() == TreeException.ENOENT
                        || reply.errno() == TreeException.ENOTDIR
                        || reply.errno() == ELOOP);
    }

    private static final int ELOOP = 40;
}
