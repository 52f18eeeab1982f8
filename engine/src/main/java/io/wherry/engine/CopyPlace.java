package io.wherry.engine;

import io.wherry.kernel.tree.BytePath;
import io.wherry.kernel.tree.TreeEntry;
import io.wherry.kernel.tree.TreePilots;
import io.wherry.kernel.tree.TreeReader;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An end of a copy: where a tree is read from or written to, below a root of its own that nothing leads out of. */
sealed interface CopyPlace {
    /** As many links on a way as the kernel follows. */
    int LINKS = 40;

    /**
     * Where to write.
     *
     * @param path of what is made, below the session's root
     * @param there whether it is a folder that exists, whose contents are added to
     */
    record Destination(TreeSession session, String path, boolean there) {}

    /**
     * What is read: the first entry of a request that goes on with all below it.
     *
     * @param name the entry's own name; empty for the root
     * @param top how the reader calls it
     */
    record Source(TreeSession session, TreeReader reader, TreeEntry first, String name, String top, boolean contents) {
        /** {@return an entry's path below the first one} */
        String below(TreeEntry entry) {
            return entry.path().substring(Math.min(entry.path().length(), top.isEmpty() ? 0 : top.length() + 1));
        }
    }

    /** {@return the source; the caller closes its session} */
    Source source(boolean followLink);

    /** {@return the destination of what has this name; the caller closes its session} */
    Destination destination(boolean folder, String name, boolean contents);

    /** {@return the place as its user wrote it} */
    String text();

    private static WherryException missing(String text) {
        return new WherryException(WherryException.Kind.NOT_FOUND, "There is no file or folder `" + text + "`.");
    }

    private static WherryException noFolder(String text) {
        return new WherryException(WherryException.Kind.NOT_FOUND, "There is no folder `" + text + "`.");
    }

    private static WherryException folderOntoFile(String text) {
        return new WherryException(
                WherryException.Kind.INVALID, "Cannot copy a folder onto `" + text + "`, which is none.");
    }

    /**
     * In a container.
     *
     * @param sessions opens the container's root; true: only to be read
     */
    record Inside(String text, CopyPath path, Function<Boolean, TreeSession> sessions) implements CopyPlace {
        @Override
        public Source source(boolean followLink) {
            TreeSession session = sessions.apply(true);
            try {
                return source(session, new TreeReader(session), followLink);
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        }

        private Source source(TreeSession session, TreeReader reader, boolean followLink) {
            String way = path.path();
            String name = CopyPath.name(way);
            for (int i = 0; i < LINKS; i++) {
                boolean whole = path.folder() || isDots(CopyPath.name(way));
                String top = whole ? "" : CopyPath.name(way);
                reader.readAt(whole ? (way.isEmpty() ? "." : way) : CopyPath.parent(way), top, top, true, true);
                TreeEntry first = reader.next();
                if (first == null) {
                    throw missing(text);
                }
                if (first.kind() != TreeEntry.Kind.SYMLINK || !followLink) {
                    return new Source(session, reader, first, name, top, path.contents());
                }
                reader.next();
                way = followed(way, first.link());
            }
            throw missing(text);
        }

        private static boolean isDots(String name) {
            return name.isEmpty() || name.equals(".") || name.equals("..");
        }

        /** For the kernel to walk: what the way has in it is not looked at here. */
        private static String followed(String way, String link) {
            return link.startsWith("/") ? link : CopyPath.parent(way) + "/" + link;
        }

        @Override
        public Destination destination(boolean folder, String name, boolean contents) {
            Destination found;
            try (TreeSession session = sessions.apply(true)) {
                found = find(new TreeReader(session), folder, name, contents);
            }
            return new Destination(sessions.apply(false), found.path(), found.there());
        }

        private Destination find(TreeReader probe, boolean folder, String name, boolean contents) {
            String way = path.path();
            for (int i = 0; i < LINKS; i++) {
                if (look(probe, way.isEmpty() ? "." : way, "") != null) {
                    return new Destination(NONE, contents ? way : CopyPath.below(way, name), contents);
                }
                TreeEntry there = look(probe, CopyPath.parent(way), CopyPath.name(way));
                if (path.folder()) {
                    throw noFolder(text);
                }
                if (there == null) {
                    if (look(probe, CopyPath.parent(way), "") == null) {
                        throw noFolder(text.substring(0, Math.max(text.lastIndexOf('/'), text.indexOf(':') + 1)));
                    }
                    return new Destination(NONE, way, false);
                }
                if (there.kind() != TreeEntry.Kind.SYMLINK) {
                    if (folder) {
                        throw folderOntoFile(text);
                    }
                    return new Destination(NONE, way, false);
                }
                way = CopyPath.parse(shown(followed(way, there.link()))).path();
            }
            throw missing(text);
        }

        private static @Nullable TreeEntry look(TreeReader probe, String parent, String name) {
            probe.readAt(parent, name, name, false, false);
            return probe.only();
        }

        private static String shown(String path) {
            return new String(
                    path.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1),
                    java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** A destination that is only found yet. */
    TreeSession NONE = new TreeSession() {
        @Override
        public java.io.OutputStream operations() {
            throw new IllegalStateException();
        }

        @Override
        public java.io.InputStream replies() {
            throw new IllegalStateException();
        }

        @Override
        public void close() {}
    };

    /** On this host, as the caller sees it. */
    record Outside(String text, TreePilots pilots) implements CopyPlace {
        private boolean contents() {
            return text.equals(".") || text.endsWith("/.");
        }

        private boolean folder() {
            return contents() || text.endsWith("/") || text.equals("..") || text.endsWith("/..");
        }

        @Override
        public Source source(boolean followLink) {
            Path path = Path.of(text).toAbsolutePath().normalize();
            String name = path.getFileName() == null ? "" : bytes(path.getFileName());
            try {
                boolean whole = folder() || name.isEmpty();
                Path real = followLink || whole
                        ? path.toRealPath()
                        : real(parent(path)).resolve(path.getFileName());
                if (!Files.exists(real, LinkOption.NOFOLLOW_LINKS) || (whole && !Files.isDirectory(real))) {
                    throw missing(text);
                }
                String top = whole ? "" : bytes(real.getFileName());
                TreeSession session = pilots.open(TreeTarget.host(whole ? real : parent(real)));
                TreeReader reader = new TreeReader(session);
                reader.readAt(".", top, top, true, true);
                TreeEntry first = reader.next();
                if (first == null) {
                    session.close();
                    throw missing(text);
                }
                return new Source(session, reader, first, name, top, contents() || name.isEmpty());
            } catch (IOException e) {
                throw missing(text);
            }
        }

        @Override
        public Destination destination(boolean folder, String name, boolean contents) {
            Path path = Path.of(text).toAbsolutePath().normalize();
            try {
                if (Files.isDirectory(path)) {
                    return new Destination(
                            pilots.open(TreeTarget.hostWritten(path.toRealPath())), contents ? "" : name, contents);
                }
                if (folder()) {
                    throw noFolder(text);
                }
                boolean exists = Files.exists(path);
                if (exists && folder) {
                    throw folderOntoFile(text);
                }
                Path real = exists ? path.toRealPath() : real(parent(path)).resolve(path.getFileName());
                return new Destination(
                        pilots.open(TreeTarget.hostWritten(parent(real))), bytes(real.getFileName()), false);
            } catch (IOException e) {
                throw noFolder(parent(path).toString());
            }
        }

        private static Path parent(Path path) {
            Path parent = path.getParent();
            return parent == null ? path : parent;
        }

        private static Path real(Path folder) throws IOException {
            return folder.toRealPath();
        }

        private static String bytes(Path name) {
            return BytePath.of(name.toString());
        }
    }
}
