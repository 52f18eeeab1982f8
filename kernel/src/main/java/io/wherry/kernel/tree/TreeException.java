package io.wherry.kernel.tree;

import io.wherry.kernel.program.Errno;
import io.wherry.oci.WherryException;
import org.jspecify.annotations.Nullable;

/** A pilot could not carry out an operation. Callers use {@link #errno} and {@link #op}; the sentence is made here. */
public final class TreeException extends WherryException {
    private static final long serialVersionUID = 1L;

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EIO = 5;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int ENAMETOOLONG = 36;
    public static final int EPROTO = 71;
    public static final int ENOBUFS = 105;
    public static final int EDQUOT = 122;

    private final int op;
    private final int errno;

    private TreeException(
            Kind kind, String message, @Nullable String hint, int op, int errno, @Nullable Throwable cause) {
        super(kind, message, hint, cause);
        this.op = op;
        this.errno = errno;
    }

    static TreeException of(TreeReply reply) {
        String name = BytePath.show(reply.name());
        String what = "Cannot " + verb(reply.op()) + " `" + name + "`";
        int errno = reply.errno();
        if (reply.call() == -1) {
            return new TreeException(
                    Kind.INTERNAL,
                    "The pilot refused record " + reply.index() + " (operation " + reply.op() + ", `" + name + "`).",
                    null,
                    reply.op(),
                    errno,
                    null);
        }
        return switch (errno) {
            case ENOSPC ->
                make(
                        Kind.UNAVAILABLE,
                        what + ": no space or no inodes are left (ENOSPC).",
                        "Free some space and try again.",
                        reply);
            case EDQUOT -> make(Kind.UNAVAILABLE, what + ": the quota is used up (EDQUOT).", null, reply);
            case EMLINK ->
                make(
                        Kind.UNSUPPORTED,
                        what + ": the filesystem allows no more links to one file (EMLINK).",
                        null,
                        reply);
            case EINVAL ->
                make(
                        isOwned(reply.op()) ? Kind.UNSUPPORTED : Kind.INVALID,
                        what + ": refused by the kernel (EINVAL).",
                        isOwned(reply.op())
                                ? "An owner outside of the user's subordinate ids gives this: see /etc/subuid and /etc/subgid."
                                : null,
                        reply);
            case ENOBUFS ->
                make(
                        Kind.UNSUPPORTED,
                        what + ": the folders on the way to it have more names than can be put in order (ENOBUFS).",
                        null,
                        reply);
            case ENAMETOOLONG ->
                make(Kind.UNSUPPORTED, what + ": too many folders lie above it (ENAMETOOLONG).", null, reply);
            case ENOENT ->
                make(Kind.INVALID, what + ": it, or a folder on the way, is not there (ENOENT).", null, reply);
            case EPERM, EACCES -> make(Kind.DENIED, what + ": not permitted (" + Errno.name(errno) + ").", null, reply);
            case EROFS -> make(Kind.FAILED_PRECONDITION, what + ": the filesystem is read-only (EROFS).", null, reply);
            case EIO -> make(Kind.UNAVAILABLE, what + ": the disk reports an error (EIO).", null, reply);
            default -> make(Kind.INVALID, what + ": the kernel refused it (" + Errno.name(errno) + ").", null, reply);
        };
    }

    /** The pilot is gone without a reply. */
    static TreeException lost(@Nullable Throwable cause) {
        return new TreeException(
                Kind.INTERRUPTED,
                "The process that reads or writes the files ended before its work was done.",
                null,
                0,
                EPIPE,
                cause);
    }

    private static TreeException make(Kind kind, String message, @Nullable String hint, TreeReply reply) {
        return new TreeException(kind, message, hint, reply.op(), reply.errno(), null);
    }

    private static boolean isOwned(int op) {
        return op == TreeOp.MKDIR.number()
                || op == TreeOp.FILE.number()
                || op == TreeOp.END.number()
                || op == TreeOp.SYMLINK.number()
                || op == TreeOp.FIFO.number()
                || op == TreeOp.NODE.number()
                || op == TreeOp.META.number();
    }

    private static String verb(int op) {
        for (TreeOp known : TreeOp.values()) {
            if (known.number() == op) {
                return switch (known) {
                    case OPEN, WALK -> "open the folder";
                    case MKDIR -> "make the folder";
                    case SYMLINK -> "make the link";
                    case LINK -> "make the hard link";
                    case FIFO, NODE -> "make the device";
                    case FILE, DATA, HOLE, END -> "write the file";
                    case XATTR -> "set an extended attribute of";
                    case OWN -> "give to another owner";
                    case META -> "set mode, owner or time of";
                    case WHITEOUT, OPAQUE, REMOVE, RMTREE -> "remove";
                    case SYNC -> "make durable";
                    case COPY -> "copy";
                    case READ -> "read";
                    case SUBVOLUME -> "make the subvolume";
                    case SNAPSHOT -> "make the snapshot";
                    case USAGE -> "measure";
                    case EOF -> "finish";
                };
            }
        }
        return "carry out operation " + op + " on";
    }

    /** {@return number of the operation that failed, as in {@link TreeOp}; 0 if it is not known} */
    public int op() {
        return op;
    }

    public int errno() {
        return errno;
    }
}
