package io.wherry.store.layer;

import java.io.IOException;
import java.io.InputStream;

/** Gives a layer's uncompressed archive once more, from its stored blob. */
public interface LayerSource {
    /** {@return the archive of layer {@code index}, the lowest is 0; the caller closes it} */
    InputStream open(int index) throws IOException;
}
