package io.wherry.engine;

import io.wherry.oci.WherryException;
import io.wherry.store.layer.BtrfsDriver;
import io.wherry.store.layer.DirDriver;
import io.wherry.store.layer.LayerDriver;
import io.wherry.store.layer.OverlayDriver;
import io.wherry.store.layer.StoreSpace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which storage driver keeps what: new containers have the one that was asked for or the best that works here, others the one they were made with. For several threads. */
final class StorageDrivers {
    /** The variable that names the driver of containers to come. */
    private static final String VARIABLE = "WHERRY_STORAGE_DRIVER";

    private final StoreSpace space;
    private final String option;
    private final Configuration.OfHost configuration;
    private final boolean overlayWorks;
    private @Nullable StorageChoice choice;

    /**
     * Drivers of a store.
     *
     * @param option the one that was asked for; empty for none
     * @param overlayWorks whether the caller can mount overlays, as a probe has found
     */
    StorageDrivers(StoreSpace space, String option, Configuration.OfHost configuration, boolean overlayWorks) {
        this.space = space;
        this.option = option;
        this.configuration = configuration;
        this.overlayWorks = overlayWorks;
    }

    /** {@return the driver of what is made now} */
    LayerDriver usual() {
        return of(choice().driver());
    }

    /** {@return the driver of what was made with it} */
    LayerDriver of(String name) {
        return switch (name) {
            case "overlay" -> new OverlayDriver(space);
            case "btrfs" -> new BtrfsDriver(space);
            case "dir" -> new DirDriver(space);
            default ->
                throw new WherryException(
                        WherryException.Kind.INVALID,
                        "The storage driver `" + name + "` is not known; overlay, btrfs and dir are.");
        };
    }

    List<LayerDriver> all() {
        return List.of(new OverlayDriver(space), new BtrfsDriver(space), new DirDriver(space));
    }

    /** {@return the driver of what is made now, and why it is that one} @throws WherryException of kind UNSUPPORTED if the one that was asked for cannot work here */
    synchronized StorageChoice choice() {
        if (choice == null) {
            choice = choose();
        }
        return choice;
    }

    private StorageChoice choose() {
        String variable = System.getenv(VARIABLE);
        if (!option.isEmpty()) {
            return asked(option, "`--storage-driver` says so");
        }
        if (variable != null && !variable.isEmpty()) {
            return asked(variable, VARIABLE + " says so");
        }
        String configured = configuration.get().storageDriver().orElse("");
        if (!configured.isEmpty()) {
            return asked(configured, "the configuration says so");
        }
        if (overlayWorks) {
            return new StorageChoice("overlay", "the overlay filesystem works here");
        }
        return HostMounts.around(space.root()).type().equals("btrfs")
                ? new StorageChoice("btrfs", "the overlay filesystem does not work here, and the root is on btrfs")
                : new StorageChoice("dir", "the overlay filesystem does not work here, and the root is not on btrfs");
    }

    private StorageChoice asked(String name, String why) {
        of(name); // or it is not known
        String filesystem =
                name.equals("btrfs") ? HostMounts.around(space.root()).type() : name;
        if (!filesystem.equals(name)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The storage driver `btrfs` needs a root on btrfs; " + space.root() + " is on " + filesystem + " ("
                            + why + ").",
                    "Name another root with --root, or another driver: " + (overlayWorks ? "overlay, dir." : "dir."));
        }
        if (name.equals("overlay") && !overlayWorks) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "The storage driver `overlay` needs an overlay filesystem that this user may mount; the kernel refuses that here ("
                            + why + ").",
                    "`wherry doctor` tells what is missing. The driver dir works everywhere.");
        }
        return new StorageChoice(name, why);
    }
}
