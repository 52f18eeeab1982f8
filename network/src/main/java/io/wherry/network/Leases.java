package io.wherry.network;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.oci.WherryException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which address of a subnet: {@code leases/ADDRESS/ID}, a folder with one entry, put in place by one rename. Rename fails on a folder that
 * is not empty, so an address has at most one holder however many processes try, and a holder removes its own entry by a name that is never another's.
 *
 * <p>The search begins at an address that depends on the id: it meets few others, and an address that was just returned, which neighbours
 * still have in their caches, is not the next one that is taken. Nothing is synced: a lease that a power cut takes away belongs to a
 * container that it ended.
 */
final class Leases {
    /** How long a holder may be without a container's folder: it takes its lease just before it makes that. */
    private static final long GRACE_MILLIS = 60_000;

    private final Path folder;
    private final Path containers;
    private final int first;
    private final int count;
    private final IpPrefix subnet;

    /** Leases of all addresses of a subnet but the network's, the gateway's (the first), and the broadcast address. */
    Leases(Path folder, Path containers, IpPrefix subnet) {
        this.folder = folder;
        this.containers = containers;
        this.subnet = subnet;
        this.first = Ipv4.number(subnet.address()) + 2;
        this.count = (1 << (32 - subnet.length())) - 3;
    }

    /** {@return the address that {@link #claim} would take now} */
    IpAddress preview(String id) {
        int start = start(id);
        for (int i = 0; i < count; i++) {
            String address = at(start, i);
            String holder = holder(address);
            if (holder == null || holder.equals(id) || isStale(address, holder)) {
                return IpAddress.parse(address);
            }
        }
        throw exhausted();
    }

    /**
     * Takes an address, once for an id: asked again while addresses come and go, it may take a second.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if none is free
     */
    IpAddress claim(String id) {
        Path fresh = folder.resolve("." + id);
        try {
            makeFolder(folder);
            makeFolder(fresh);
            Path entry = fresh.resolve(id);
            if (!Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                Files.createFile(entry);
            }
            IpAddress found = search(fresh, id);
            if (found != null) {
                return found;
            }
        } catch (IOException e) {
            throw failed("take an address in", e);
        } finally {
            fresh.resolve(id).toFile().delete();
            fresh.toFile().delete(); // both are gone if the folder was moved
        }
        throw exhausted();
    }

    private @Nullable IpAddress search(Path fresh, String id) throws IOException {
        int start = start(id);
        for (int i = 0; i < count; i++) {
            String address = at(start, i);
            String holder = holder(address);
            if (id.equals(holder)) {
                return IpAddress.parse(address);
            }
            if (holder != null) {
                if (!isStale(address, holder)) {
                    continue;
                }
                Files.deleteIfExists(folder.resolve(address).resolve(holder));
            }
            if (move(fresh, address)) {
                return IpAddress.parse(address);
            }
        }
        return null;
    }

    /** Returns an address, if this id holds it. */
    void release(IpAddress address, String id) {
        Path place = folder.resolve(address.toString());
        try {
            Files.deleteIfExists(place.resolve(id));
        } catch (IOException e) {
            throw failed("return an address to", e);
        }
        place.toFile().delete(); // fails if somebody has moved a lease there since, which is right
    }

    /** {@return the addresses that are held, in ascending order} */
    List<IpAddress> held() {
        String[] names = folder.toFile().list();
        List<IpAddress> held = new ArrayList<>();
        if (names != null) {
            Arrays.sort(names);
            for (String name : names) {
                IpAddress address = name.startsWith(".") ? null : parsed(name);
                if (address != null && subnet.contains(address)) {
                    held.add(address);
                }
            }
        }
        return held;
    }

    private static @Nullable IpAddress parsed(String name) {
        try {
            return IpAddress.parse(name);
        } catch (WherryException e) {
            return null; // not ours; it is nobody's lease either
        }
    }

    /** {@return whether the prepared folder is in place now; not if another was first} */
    private boolean move(Path fresh, String address) throws IOException {
        for (int left = 100; ; left--) {
            try {
                Files.move(fresh, folder.resolve(address), StandardCopyOption.ATOMIC_MOVE);
                return true;
            } catch (IOException e) {
                if (holder(address) != null) {
                    return false;
                }
                // Whoever was first may have returned it since: then the next try decides.
                if (left == 0) {
                    throw e;
                }
            }
        }
    }

    private @Nullable String holder(String address) {
        String[] names = new File(folder.toString(), address).list();
        return names == null || names.length == 0 ? null : names[0];
    }

    private boolean isStale(String address, String holder) {
        if (Files.exists(containers.resolve(holder), LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            long since = Files.getLastModifiedTime(folder.resolve(address).resolve(holder), LinkOption.NOFOLLOW_LINKS)
                    .toMillis();
            return System.currentTimeMillis() - since > GRACE_MILLIS;
        } catch (IOException e) {
            return true; // returned just now
        }
    }

    private int start(String id) {
        return Integer.remainderUnsigned(id.hashCode() * 0x9E3779B9, count);
    }

    private String at(int start, int step) {
        return Ipv4.address(first + (start + step) % count).toString();
    }

    private static void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private WherryException failed(String what, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "Cannot " + what + " " + folder + ": " + reason + ".",
                null,
                e);
    }

    private WherryException exhausted() {
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "All " + count + " addresses of the subnet " + subnet + " are taken; " + folder + " says by whom.",
                "Remove containers, or use --network host or none.");
    }
}
