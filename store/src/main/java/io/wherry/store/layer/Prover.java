package io.wherry.store.layer;

import java.nio.file.Path;
import java.util.List;

/**
 * Makes published layers survive a power cut: syncfs, then in each folder a durable file {@link #FILE}. May go on after the caller's process has ended: then a layer that is not proven yet when the
 * power fails is unpacked again.
 */
public interface Prover {
    /** The file that says so; its content is of no meaning. */
    String FILE = "proven";

    /** Proves these folders, all on one filesystem, now or soon. A folder that is gone meanwhile is none of its business. */
    void prove(List<Path> layerFolders);
}
