package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageReference;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Where blobs come from: a registry, a layout, an archive. Safe for use by several threads. */
public interface BlobSource {
    /**
     * {@return the blob's bytes from {@code offset} on, to its end; the caller closes the stream}
     *
     * <p>The store verifies size and digest; the source need not. It goes on by itself after an interruption and gives up by an exception; no read blocks for ever.
     *
     * @param offset less than the blob's size; a source that cannot begin there throws {@code UNSUPPORTED}, and is asked again for 0
     */
    InputStream open(Descriptor blob, long offset) throws IOException;

    /** {@return the name under which a registry has these blobs; absent where nobody has them, such as in an archive} */
    default Optional<ImageReference> origin() {
        return Optional.empty();
    }
}
