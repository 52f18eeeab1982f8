package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageDocument;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.util.Optional;

/** Reads a manifest or index out of an answer, and believes nothing that it can check. */
final class ManifestCheck {
    private ManifestCheck() {}

    static ResolvedManifest read(String cannot, Answer answer, Optional<Digest> asked, Optional<Descriptor> expected)
            throws IOException {
        if (answer.isHtml()) {
            throw new WherryException(
                    Kind.INVALID,
                    cannot + ": " + answer.url() + " is answered with a web page instead of a manifest.",
                    "Check that the address is a registry's, and that no login page stands in between.");
        }
        long most = ImageDocument.MAX_BYTES;
        byte[] raw = answer.contentLength().orElse(0) > most ? new byte[0] : answer.readUpTo(ImageDocument.MAX_BYTES);
        long length = Math.max(raw.length, answer.contentLength().orElse(0));
        if (length > most) {
            throw new WherryException(
                    Kind.INVALID, cannot + ": its manifest has more than the " + most + " bytes that are accepted.");
        }
        if (expected.isPresent() && expected.get().size() != raw.length) {
            throw new WherryException(
                    Kind.CORRUPT,
                    cannot + ": the manifest " + expected.get().digest() + " has " + raw.length + " bytes, expected "
                            + expected.get().size() + ".");
        }
        Digest digest = checkDigest(cannot, raw, asked, answer.header("Docker-Content-Digest"));
        String outer = expected.isPresent() ? expected.get().mediaType() : answer.contentType();
        ImageDocument document;
        try {
            document = ImageDocument.parse(raw, outer);
        } catch (WherryException e) {
            throw new WherryException(
                    e.kind(), cannot + ": " + e.getMessage(), e.hint().orElse(null), e);
        }
        return new ResolvedManifest(new Descriptor(document.mediaType(), digest, raw.length), document);
    }

    /** {@return the digest of the bytes, after comparison with what was asked for and with what the registry says} */
    private static Digest checkDigest(String cannot, byte[] raw, Optional<Digest> asked, String header) {
        if (asked.isPresent() && !asked.get().matches(raw)) {
            throw mismatch(cannot, raw, "asked for was " + asked.get());
        }
        if (!header.isEmpty()) {
            Optional<Digest> told = Digest.tryParse(header.trim());
            if (told.isEmpty() || !told.get().matches(raw)) {
                throw mismatch(cannot, raw, "the registry says " + header);
            }
        }
        return asked.isPresent() ? asked.get() : Digest.sha256(raw);
    }

    private static WherryException mismatch(String cannot, byte[] raw, String other) {
        return new WherryException(
                Kind.CORRUPT,
                cannot + ": the manifest that came has the digest " + Digest.sha256(raw) + ", but " + other + ".",
                "The registry or a proxy before it is damaged.");
    }
}
