package io.wherry.store.layer;

import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.disk.Durable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Proves before it returns, by a pilot's syncfs. The pilot opens the filesystem when this is made: make it before the layers are written, and it sees every error of their writing back.
 */
public final class PilotProver implements Prover, AutoCloseable {
    private final Durable durable;
    private final TreeSession session;
    private final TreeStream stream;

    /** Watches the filesystem of the store from now on. */
    public PilotProver(StoreSpace space) {
        this.durable = space.durable();
        this.session = space.pilots().open(TreeTarget.plain(space.root()));
        this.stream =
                new TreeStream(session, TreeStream.Parents.REQUIRE, space.root().resolve("tmp/spill-prover"));
        stream.sync(false); // Returns when the pilot has opened its root.
    }

    @Override
    public void prove(List<Path> layerFolders) {
        if (layerFolders.isEmpty()) {
            return;
        }
        stream.sync(true);
        for (Path folder : layerFolders) {
            if (Files.isDirectory(folder)) {
                durable.replace(folder.resolve(FILE), new byte[0]);
            }
        }
    }

    @Override
    public void close() {
        stream.close();
        session.close();
    }
}
