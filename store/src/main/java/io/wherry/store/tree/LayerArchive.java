package io.wherry.store.tree;

import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.store.tar.TarEntry;
import io.wherry.store.tar.TarWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes changes as the archive of a layer: what is new and changed as it is, what is gone as whiteouts. Equal trees and changes give equal bytes. For one thread.
 *
 * @see "OCI image-spec v1.1, layer.md"
 */
public final class LayerArchive implements ChangeSink {
    /** Files asked for at once: the requests fit into a pipe, so that nobody waits for the other. */
    private static final int BATCH = 64;

    private static final String WHITEOUT = ".wh.";
    private static final Attributes OF_WHITEOUT = new Attributes(0644, 0, 0, 0, 0);

    private final TarWriter tar;
    private final TreeArchive archive;
    private final TreeReader content;
    private final long latest;
    private final List<Change> batch = new ArrayList<>();
    private long unnameable;

    /**
     * Writes to an archive.
     *
     * @param content reads the container's tree
     * @param latest no time is later, in seconds since 1970
     */
    public LayerArchive(TarWriter tar, TreeReader content, long latest) {
        this.tar = tar;
        this.archive = new TreeArchive(tar);
        this.content = content;
        this.latest = latest;
    }

    /** {@return how many entries a layer cannot hold, since their names are those of whiteouts} */
    public long unnameable() {
        return unnameable;
    }

    /** {@return how many extended attributes an archive cannot hold} */
    public long omittedXattrs() {
        return archive.omittedXattrs();
    }

    @Override
    public void change(Change change) throws IOException {
        String path = change.path();
        if (path.startsWith(WHITEOUT) || path.contains("/" + WHITEOUT)) {
            unnameable++;
            return;
        }
        boolean linked = isFile(change) && change.entry().links() > 1;
        if (linked) {
            flush(); // whether its data are wanted depends on those before it
        }
        batch.add(change);
        if (linked || batch.size() == BATCH) {
            flush();
        }
    }

    private static boolean isFile(Change change) {
        return change.kind() != Change.Kind.DELETED && change.entry().kind() == TreeEntry.Kind.FILE;
    }

    /** {@return whether the file's data must be asked for} */
    private boolean needsContent(Change change) {
        return isFile(change) && change.entry().size() > 0 && archive.earlier(change.entry()) == null;
    }

    private void flush() throws IOException {
        for (Change change : batch) {
            if (needsContent(change)) {
                content.readOne(change.path(), true);
            }
        }
        for (Change change : batch) {
            if (change.kind() == Change.Kind.DELETED) {
                whiteout(change.path());
            } else if (needsContent(change)) {
                for (TreeEntry now = content.next(); now != null; now = content.next()) {
                    add(now); // with the size that it has now, if it changed meanwhile
                }
            } else {
                add(change.entry());
            }
        }
        batch.clear();
    }

    private void add(TreeEntry entry) throws IOException {
        Attributes a = entry.attributes();
        archive.add(content, entry, a.seconds() <= latest ? a : new Attributes(a.mode(), a.uid(), a.gid(), latest, 0));
    }

    private void whiteout(String path) throws IOException {
        int name = path.lastIndexOf('/') + 1;
        tar.put(TarEntry.of(
                TarEntry.Kind.FILE,
                path.substring(0, name) + WHITEOUT + path.substring(name),
                "",
                OF_WHITEOUT,
                0,
                0,
                0,
                List.of()));
    }

    /** Writes what is left and ends the archive. */
    public void finish() throws IOException {
        flush();
        tar.finish();
    }
}
