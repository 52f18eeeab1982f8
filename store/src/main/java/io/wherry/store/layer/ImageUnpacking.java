package io.wherry.store.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * One image's layers being unpacked: {@link #layer} for each that {@link #needs} it, then {@link #publish}; {@link #close} throws away what was not published. Nothing can be seen of it before.
 */
public interface ImageUnpacking extends AutoCloseable {
    /** {@return whether this layer's archive is wanted} */
    boolean needs(int index);

    /** {@return whether layers may come in any order and several at once; if not, they come one by one, the lowest first} */
    boolean inParallel();

    /**
     * Writes one layer. May be called again for the same layer, when its bytes turned out to be wrong: the first attempt is thrown away.
     *
     * @param archive uncompressed; read to its end unless an exception is thrown, so that its digest can be told
     */
    void layer(int index, InputStream archive) throws IOException;

    /**
     * Gives all layers their names, the lowest first. The caller has verified the diff ids. After an exception lower layers may have theirs already: they are good, and garbage if nobody needs them.
     *
     * @param again layers' archives once more, for what could not be done in one reading
     * @return sentences about what was left out, each once
     */
    List<String> publish(LayerSource again) throws IOException;

    @Override
    void close();
}
