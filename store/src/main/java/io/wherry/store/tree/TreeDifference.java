package io.wherry.store.tree;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a container's tree has that its layers' tree has not: folder by folder, both in the order of names, so that no more than one folder's names are held on each level.
 *
 * <p>An entry is unchanged if type, mode, owner, target, size, time and extended attributes are equal, and its content cannot have been written since the tree was made; if it can, the content is
 * compared. The time of a folder is that of its last change inside, and says nothing.
 */
final class TreeDifference {
    /** What the container's tree says by itself. */
    enum Form {
        /** All that the container has: what is not in it is gone. */
        WHOLE,
        /** What was written only, with overlayfs' marks for what is gone. */
        WRITTEN
    }

    /** A folder to go into. */
    private record Folder(TreeEntry entry, boolean below, boolean whole, Pending pending) {}

    /** A change that is told when something below it is. */
    private static final class Pending {
        private final Change change;
        private boolean told;

        Pending(Change change, boolean told) {
            this.change = change;
            this.told = told;
        }
    }

    private final TreeReader above;
    private final @Nullable TreeReader below;
    private final Form form;
    private final TreeEntry.Changed since;
    private final Set<String> mountPoints;
    private final ChangeSink sink;
    private final Deque<Pending> way = new ArrayDeque<>();

    /**
     * A comparison.
     *
     * @param below the layers; null if there are none
     * @param since when the tree was a copy of the layers: what was not changed afterwards has their content
     * @param mountPoints paths that somebody had to make for mounts, and those above them: as long as they are empty they are no change
     */
    TreeDifference(
            TreeReader above,
            @Nullable TreeReader below,
            Form form,
            TreeEntry.Changed since,
            Set<String> mountPoints,
            ChangeSink sink) {
        this.above = above;
        this.below = below;
        this.form = form;
        this.since = since;
        this.mountPoints = mountPoints;
        this.sink = sink;
    }

    /** Tells all changes. */
    void run() throws IOException {
        above.readOne("", false);
        TreeEntry root = above.only();
        if (root == null) {
            return;
        }
        boolean changed = false;
        if (below != null) {
            below.readOne("", false);
            TreeEntry before = below.only();
            changed = before != null && differs(root, before);
        }
        Pending pending = new Pending(new Change(Change.Kind.CHANGED, "", root), !changed);
        if (changed) {
            tell(pending);
        }
        enter(new Folder(root, below != null, form == Form.WHOLE, pending));
    }

    private void enter(Folder folder) throws IOException {
        way.addLast(folder.pending());
        for (Folder inner : entries(folder)) {
            enter(inner);
        }
        way.removeLast();
    }

    /** Tells the changes of a folder's own entries. {@return the folders in it that are to be looked into} */
    private List<Folder> entries(Folder folder) throws IOException {
        List<Folder> inner = new ArrayList<>();
        List<TreeEntry> suspects = new ArrayList<>();
        String path = folder.entry().path();
        TreeReader lower = folder.below() ? below : null;
        above.list(path);
        if (lower != null) {
            lower.list(path);
        }
        TreeEntry a = above.next();
        TreeEntry b = lower == null ? null : lower.next();
        while (a != null || b != null) {
            int order = a == null ? 1 : b == null ? -1 : a.path().compareTo(b.path());
            if (order > 0 && b != null) {
                if (folder.whole()) {
                    tell(new Change(Change.Kind.DELETED, b.path(), b));
                }
            } else if (a != null) {
                TreeEntry before = order == 0 ? b : null;
                if (a.whiteout()) {
                    if (before != null) {
                        tell(new Change(Change.Kind.DELETED, a.path(), before));
                    }
                } else if (a.kind() == TreeEntry.Kind.FOLDER) {
                    inner.add(folder(a, before, folder.whole()));
                } else {
                    entry(a, before, suspects);
                }
            }
            TreeEntry nextB = order >= 0 && lower != null ? lower.next() : b;
            a = order <= 0 ? above.next() : a;
            b = nextB;
        }
        compare(suspects);
        return inner;
    }

    private Folder folder(TreeEntry now, @Nullable TreeEntry before, boolean whole) throws IOException {
        boolean known = before != null && before.kind() == TreeEntry.Kind.FOLDER;
        Change.Kind kind = before == null ? Change.Kind.ADDED : Change.Kind.CHANGED;
        boolean told = before == null ? !isMountPoint(now) : !known || differs(now, before);
        Pending pending = new Pending(new Change(kind, now.path(), now), false);
        if (told) {
            tell(pending);
        }
        return new Folder(now, known, whole || now.opaque(), pending);
    }

    private void entry(TreeEntry now, @Nullable TreeEntry before, List<TreeEntry> suspects) throws IOException {
        if (before == null) {
            if (!isMountPoint(now)) {
                tell(new Change(Change.Kind.ADDED, now.path(), now));
            }
        } else if (differs(now, before)) {
            tell(new Change(Change.Kind.CHANGED, now.path(), now));
        } else if (now.kind() == TreeEntry.Kind.FILE && isSuspect(now, before)) {
            suspects.add(now);
        }
    }

    /** {@return whether the file may have another content although all that is told of it is the same} */
    private boolean isSuspect(TreeEntry now, TreeEntry before) {
        boolean same = now.inode() == before.inode() && now.changed().equals(before.changed()); // a snapshot's
        return now.size() > 0 && !same && now.changed().compareTo(since) >= 0;
    }

    private void compare(List<TreeEntry> suspects) throws IOException {
        for (TreeEntry suspect : suspects) {
            above.readOne(suspect.path(), true);
            if (below != null) {
                below.readOne(suspect.path(), true);
            }
            FileHash now = FileHash.ofOnly(above);
            FileHash before = below == null ? now : FileHash.ofOnly(below);
            if (!now.equals(before)) {
                tell(new Change(Change.Kind.CHANGED, suspect.path(), suspect));
            }
        }
    }

    private boolean differs(TreeEntry now, TreeEntry before) {
        Attributes a = now.attributes();
        Attributes b = before.attributes();
        boolean folder = now.kind() == TreeEntry.Kind.FOLDER;
        return now.kind() != before.kind()
                || a.mode() != b.mode()
                || a.uid() != b.uid()
                || a.gid() != b.gid()
                || (!folder && (a.seconds() != b.seconds() || a.nanos() != b.nanos()))
                || now.size() != before.size()
                || !now.link().equals(before.link())
                || now.major() != before.major()
                || now.minor() != before.minor()
                || linksDiffer(now, before)
                || !Xattrs.same(now.xattrs(), before.xattrs());
    }

    /** overlayfs copies one name of a file: what is written has several only if the container made them. */
    private boolean linksDiffer(TreeEntry now, TreeEntry before) {
        return now.kind() == TreeEntry.Kind.FILE
                && (form == Form.WHOLE ? now.links() != before.links() : now.links() > 1);
    }

    private boolean isMountPoint(TreeEntry entry) {
        return mountPoints.contains(entry.path()) && entry.size() == 0;
    }

    private void tell(Change change) throws IOException {
        tellWay();
        sink.change(change);
    }

    private void tell(Pending pending) throws IOException {
        tell(pending.change);
        pending.told = true;
    }

    /** A folder in which something changed is changed itself. */
    private void tellWay() throws IOException {
        Iterator<Pending> folders = way.iterator();
        while (folders.hasNext()) {
            Pending folder = folders.next();
            if (!folder.told) {
                folder.told = true;
                sink.change(folder.change);
            }
        }
    }
}
