package io.wherry.store.layer;

import io.wherry.oci.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * Names of layers on top of others.
 *
 * @see "OCI image-spec v1.1, config.md, Layer ChainID"
 */
public final class ChainId {
    private static final int FOLDER_DIGITS = 24;

    private ChainId() {}

    /** {@return the name of a layer's folder: the beginning of its chain id} */
    public static String folder(Digest chain) {
        return chain.hex().substring(0, FOLDER_DIGITS);
    }

    /** {@return the chain id of each layer, the lowest first} */
    public static List<Digest> of(List<Digest> diffIds) {
        List<Digest> out = new ArrayList<>(diffIds.size());
        for (Digest diffId : diffIds) {
            out.add(out.isEmpty() ? diffId : Digest.sha256(out.getLast() + " " + diffId));
        }
        return out;
    }
}
