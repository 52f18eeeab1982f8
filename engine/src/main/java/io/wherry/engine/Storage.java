package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.tree.WalledPilots;
import io.wherry.store.content.BlobCache;
import io.wherry.store.content.ContentStore;
import io.wherry.store.content.Images;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.layer.StoreSpace;
import io.wherry.store.pull.Puller;
import io.wherry.store.unpack.Ownership;
import io.wherry.store.unpack.UnpackLimits;

/**
 * The store of a state root, put together for a caller: content, names of images, and drivers of layers.
 *
 * @param space what drivers share
 * @param content blobs
 * @param cache blobs of what was pulled into folders
 * @param images names
 * @param drivers of unpacked layers
 * @param launcher what runs programs
 */
record Storage(
        StoreSpace space,
        ContentStore content,
        BlobCache cache,
        Images images,
        StorageDrivers drivers,
        Launcher launcher) {

    /**
     * {@return the store of a root}
     *
     * @param driver the storage driver that was asked for; empty for none
     */
    static Storage of(
            StateRoot root, HostFacts facts, Launcher launcher, String driver, Configuration.OfHost configuration) {
        Durable durable = new Durable();
        FileLocks locks = new FileLocks(root.locks());
        StoreSpace space = new StoreSpace(
                root.root(),
                root.volatileRoot(),
                mapping(facts.privilege()),
                facts.privilege() instanceof Privilege.Single ? Ownership.FLATTEN : Ownership.KEEP,
                UnpackLimits.DEFAULT,
                new WalledPilots(launcher, facts),
                durable,
                locks);
        ContentStore content = new ContentStore(root.root().resolve("content"), durable, locks);
        Images images = new Images(root.root().resolve("images"), content, durable, locks);
        BlobCache cache = new BlobCache(root.root().resolve("cache"), durable, locks);
        StorageDrivers drivers = new StorageDrivers(
                space, driver, configuration, facts.features().overlay());
        return new Storage(space, content, cache, images, drivers, launcher);
    }

    /** Whose ids the files of unpacked layers have: layers unpacked under another mapping are of no use. */
    private static String mapping(Privilege privilege) {
        if (privilege instanceof Privilege.Ranges ranges) {
            return "ids" + ranges.uids().get(ranges.uids().size() - 1).outside();
        }
        return privilege instanceof Privilege.Single ? "one" : "";
    }

    Puller puller(LayerDriver driver) {
        return new Puller(
                content,
                images,
                driver,
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                UnpackLimits.DEFAULT.bytes());
    }
}
