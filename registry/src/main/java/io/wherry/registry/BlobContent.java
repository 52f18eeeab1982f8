package io.wherry.registry;

import java.io.IOException;
import java.io.InputStream;

/** Where the bytes of a blob that is to be pushed come from; read more than once if a transfer breaks. */
public interface BlobContent {
    /** {@return the blob's bytes from an offset on, in a stream that the caller closes} */
    InputStream open(long offset) throws IOException;
}
