package io.wherry.store.archive;

import io.wherry.oci.Descriptor;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.content.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;

/** The regular files of what may hold images: by name, and by what they hash to. For one thread, but {@link #open}. */
sealed interface ArchiveFiles extends AutoCloseable permits StagedArchive, LayoutFolder {
    /** {@return whether there is a file of this name} */
    boolean has(String path);

    /** {@return a document by its name; one that is missing or has more than {@link ImageDocument#MAX_BYTES} is refused} */
    byte[] read(String path);

    /** {@return a descriptor of the layer with this name, of the type that its bytes have} */
    Descriptor layer(String path);

    /** Refuses a blob that is not there, or not of its size; what can be said of its digest without reading it, is. */
    void require(Descriptor blob);

    /** {@return a blob's bytes from an offset on; not verified} */
    InputStream open(Descriptor blob, long offset) throws IOException;

    /** Makes bringing a blob quicker, where that can be; it can be opened all the same. */
    void offer(Descriptor blob, ContentStore content);

    @Override
    void close();

    /** {@return a document by its digest, verified} */
    default byte[] document(Descriptor blob) {
        if (blob.size() > ImageDocument.MAX_BYTES) {
            throw new WherryException(
                    Kind.INVALID,
                    "The document " + blob.digest() + " has " + blob.size() + " bytes, at most "
                            + ImageDocument.MAX_BYTES + " are accepted.");
        }
        require(blob);
        byte[] bytes;
        try (InputStream in = open(blob, 0)) {
            bytes = in.readNBytes((int) blob.size() + 1);
        } catch (IOException e) {
            throw new WherryException(
                    Kind.UNAVAILABLE, "Cannot read the document " + blob.digest() + ": " + e.getMessage() + ".", e);
        }
        if (bytes.length != blob.size() || !blob.digest().matches(bytes)) {
            throw new WherryException(
                    Kind.CORRUPT,
                    "The document " + blob.digest() + " of " + blob.size() + " bytes has another digest, or size.");
        }
        return bytes;
    }

    /** {@return what a document says; if it is not understood, a sentence names it} */
    static <T> T parsed(String name, byte[] document, Function<byte[], T> parser) {
        try {
            return parser.apply(document);
        } catch (WherryException e) {
            if (e.kind() != Kind.INVALID) {
                throw e;
            }
            String sentence = e.getMessage();
            throw new WherryException(
                    Kind.INVALID,
                    "The archive's `" + name + "` is not understood: " + sentence + (sentence.endsWith(".") ? "" : "."),
                    e);
        }
    }

    /** {@return the name of a blob in an image layout} */
    static String path(Descriptor blob) {
        return "blobs/" + blob.digest().algorithm().word() + "/" + blob.digest().hex();
    }
}
