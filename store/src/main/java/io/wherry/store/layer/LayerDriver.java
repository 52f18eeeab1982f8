package io.wherry.store.layer;

import io.wherry.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Keeps unpacked layers and prepares containers' roots on them. An open set: a further driver passes {@code LayerDriverContract}.
 *
 * <p>Layers are given as their chain ids ({@link ChainId}), the lowest first. Safe for use by several threads and processes: whoever unpacks a layer holds its lock, and others wait and find it done.
 */
public interface LayerDriver {
    /** {@return the driver's name, as users write it} */
    String name();

    /** {@return whether a container can be prepared on these layers now: all are published, and proven or of this boot} */
    boolean has(List<Digest> chains);

    /** {@return the work of unpacking what is missing of these layers; the caller closes it} */
    ImageUnpacking unpack(List<Digest> chains);

    /**
     * Makes what a new container needs inside {@code container}, or finds it made: idempotent.
     *
     * @param container the container's folder on the store's filesystem; exists
     * @return what to mount; {@code NOT_FOUND} if layers are missing
     */
    RootfsMount prepare(Path container, List<Digest> chains);

    /**
     * Makes what a new container needs inside {@code container}, with all that another one has written. Nobody writes there meanwhile.
     *
     * @param original the other one's folder, prepared on the same layers
     * @return what to mount
     */
    RootfsMount copy(Path original, Path container, List<Digest> chains);

    /** {@return what {@link #prepare} would return; nothing is made} */
    RootfsMount mount(Path container, List<Digest> chains);

    /** Removes what {@link #prepare} made in this folder, and all that the container wrote. None is success. */
    void discard(Path container);

    /** {@return the chain ids of all published layers} */
    List<Digest> list();

    /** {@return what is wrong with a published layer's files, such as {@code has entries 3, not entries 4}; empty if nothing is, as far as can be told without reading them} */
    default Optional<String> damage(Digest chain) {
        return Optional.empty();
    }

    /** {@return the names of folders in the place of layers that are none: they count as absent} */
    default List<String> damaged() {
        return List.of();
    }

    /** Removes one of those; none is success. Nothing may be prepared on it. */
    default void removeDamaged(String name) {
        // nothing is ever damaged, says the driver
    }

    /** Removes a published layer; none is success. Nothing may be prepared on it, and no layer above it may stay. */
    void remove(Digest chain);

    /** {@return bytes of file data that the layer's archive wrote; 0 if it is not there} */
    long usage(Digest chain);

    /** {@return folders of published layers among these that are not proven yet, for {@link Prover}} */
    List<Path> unproven(List<Digest> chains);
}
