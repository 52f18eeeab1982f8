package io.wherry.store.layer;

import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.store.disk.Durable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;

/**
 * A folder that the caller chose, anywhere, in the making: it lies beside its place under another name and gets its own by one rename. The store keeps nothing of it but, until then, the
 * word that it is begun, so that {@link StoreSpace#sweep} removes what a killed process leaves.
 *
 * <p>Only its owner can enter it: what an image brings along, such as set-user-id programs, is nobody else's to run.
 */
public final class NewFolder implements AutoCloseable {
    private static final String BEGUN = "beside";
    private static final String SUFFIX = ".wherry-pull";

    private final StoreSpace space;
    private final Path target;
    private final Path begun;
    private final StoreSpace.Temporary temporary;

    /**
     * Begins it.
     *
     * @param target absolute; its parent is there
     * @throws WherryException of kind ALREADY_EXISTS if there is something
     */
    public NewFolder(StoreSpace space, Path target) {
        this.space = space;
        this.target = target;
        this.temporary = space.temporary();
        String unique = temporary.folder().getFileName().toString().replaceFirst("^new", "");
        this.begun = target.resolveSibling("." + target.getFileName() + unique + SUFFIX);
        try {
            requireFree();
            space.durable()
                    .replace(temporary.folder().resolve(BEGUN), begun.toString().getBytes(StandardCharsets.UTF_8));
            Files.createDirectory(
                    begun, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            forget();
            throw Durable.failure("make the folder", target, e);
        } catch (RuntimeException e) {
            forget();
            throw e;
        }
    }

    private void requireFree() {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new WherryException(
                    WherryException.Kind.ALREADY_EXISTS,
                    target + " is there already, and nothing is pulled over what is there.",
                    "Name another folder, or remove this one first.");
        }
    }

    /** {@return where it lies until it is published} */
    public Path begun() {
        return begun;
    }

    /** {@return what unpacks an image into a folder of it; its publishing finishes the tree where it is} */
    public ImageUnpacking unpacking(String name, List<Digest> chains) {
        return new Unpacking(new OneTree(space, begun.resolve(name), temporary.folder(), chains.size()));
    }

    /** Removes a folder of it; none is success. */
    public void discard(String name) {
        space.removeTreeAnywhere(begun.resolve(name));
    }

    /** Gives it its name. What is in it must be on the disk by now. */
    public void publish() {
        requireFree();
        space.durable().publish(begun, target);
    }

    /** Removes it if it was not published. */
    @Override
    public void close() {
        try {
            space.removeTreeAnywhere(begun);
        } finally {
            forget();
        }
    }

    private void forget() {
        try (var _ = temporary.lock()) {
            space.removeTree(temporary.folder());
        }
    }

    /** Removes what the owner of a temporary folder had begun and did not end. */
    static void removeBegun(StoreSpace space, Path temporary) {
        Path word = temporary.resolve(BEGUN);
        try {
            if (Files.isRegularFile(word, LinkOption.NOFOLLOW_LINKS)) {
                Path begun = Path.of(Files.readString(word));
                String name = Objects.toString(begun.getFileName(), "");
                if (begun.isAbsolute() && name.startsWith(".") && name.endsWith(SUFFIX)) {
                    space.removeTreeAnywhere(begun);
                }
            }
        } catch (IOException e) {
            throw Durable.failure("read", word, e);
        }
    }

    private record Unpacking(OneTree tree) implements ImageUnpacking {
        @Override
        public boolean needs(int index) {
            return true;
        }

        @Override
        public boolean inParallel() {
            return false;
        }

        @Override
        public void layer(int index, InputStream archive) throws IOException {
            tree.layer(index, archive);
        }

        @Override
        public List<String> publish(LayerSource source) throws IOException {
            return tree.finish(source);
        }

        @Override
        public void close() {
            // the tree is a part of the folder
        }
    }
}
