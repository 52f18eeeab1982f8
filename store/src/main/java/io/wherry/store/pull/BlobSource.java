package io.wherry.store.pull;

import io.wherry.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;

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
}
