package io.wherry.engine;

import io.wherry.engine.HostMounts.HostMount;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Errno;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the roots of containers and images are mounted for the host, by what the kernel says and nothing else. Each is mounted in the folder {@code mounts} of the volatile root, under its id; the root of a container that does not run
 * also over the container's own {@code work}, so that a start in the same moment finds no place to work in and fails before two overlays write to one layer. Other places of the same filesystem belong to it.
 */
final class MountPlaces {
    /** What an image's folder is called before the digits of its digest. */
    private static final String IMAGE = "image-";

    private static final String WORK = "work";
    private static final String OVERLAY = "overlay";

    /** More mounts of one root than anybody makes. */
    private static final int MOST = 1000;

    private final Path places;
    private final Path containers;
    private final Launcher launcher;

    MountPlaces(StateRoot root, Launcher launcher) {
        this.places = real(root.volatileRoot()).resolve("mounts");
        this.containers = real(root.root()).resolve("containers");
        this.launcher = launcher;
    }

    /** {@return the folder of the places, made if absent} */
    Path folder() {
        return StateRoot.made(places);
    }

    /** The kernel names places without links. */
    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            return folder; // nothing is in it either
        }
    }

    /** {@return what a container's place is called} */
    static String name(ContainerId id) {
        return id.text();
    }

    /** {@return what an image's place is called} */
    static String name(Digest image) {
        return IMAGE + image.hex();
    }

    /** {@return what the place of an image is called whose digest somebody wrote} */
    static String imageOf(String digest) {
        return IMAGE + digest.substring(digest.indexOf(':') + 1);
    }

    /** {@return the digest of the image that has a place} */
    static String digestOf(String name) {
        return "sha256:" + name.substring(IMAGE.length());
    }

    /** {@return whether a place is a container's} */
    static boolean isContainer(String name) {
        return !name.startsWith(IMAGE);
    }

    /** {@return the mounts of each root, by the name of its place; the one that was attached last is the last} */
    Map<String, List<HostMount>> mounted() {
        List<HostMount> all = HostMounts.list();
        Map<String, String> names = new HashMap<>(); // by device
        for (HostMount mount : all) {
            String name = name(Path.of(mount.point()));
            if (mount.type().equals(OVERLAY) && !name.isEmpty()) {
                names.putIfAbsent(mount.device(), name);
            }
        }
        Map<String, List<HostMount>> mounted = new LinkedHashMap<>();
        for (HostMount mount : all) {
            String name = names.get(mount.device());
            if (name != null) {
                mounted.computeIfAbsent(name, _ -> new ArrayList<>()).add(mount);
            }
        }
        return mounted;
    }

    /** {@return whose place it is; empty if it is none} */
    private String name(Path point) {
        Path parent = point.getParent();
        if (places.equals(parent)) {
            return String.valueOf(point.getFileName());
        }
        return parent != null && containers.equals(parent.getParent()) && point.endsWith(WORK)
                ? String.valueOf(parent.getFileName())
                : "";
    }

    /** {@return the folder of a container's overlay that is covered while it is mounted and does not run} */
    Path work(String name) {
        return containers.resolve(name).resolve(WORK);
    }

    /** {@return whether a mount is a container's own: an overlay that writes to its upper layer, on disk or in memory} */
    boolean isRootOf(ContainerId id, HostMount mount) {
        return mount.options()
                        .contains("upperdir=" + containers.resolve(id.text()).resolve("upper"))
                || mount.options().stream().anyMatch(option -> option.startsWith("upperdir=/proc/self/fd/"));
    }

    /** {@return where a root is mounted for people to see: the place that they asked for first} */
    List<Path> paths(String name, List<HostMount> mounts) {
        List<Path> paths = new ArrayList<>();
        for (HostMount mount : mounts) {
            Path path = Path.of(mount.point());
            if (!path.equals(work(name)) || mounts.size() == 1) {
                paths.add(path);
            }
        }
        Collections.reverse(paths);
        return paths;
    }

    /**
     * Refuses what must not be done while a container's root is mounted.
     *
     * @param what as "started"
     * @throws WherryException of kind FAILED_PRECONDITION if it is
     */
    void refuse(ContainerId id, String container, String what) {
        refuse(name(id), "container", container, what);
    }

    /** The same for an image. */
    void refuse(Image image, String what) {
        refuse(name(image.id()), "image", image.reference().familiar(), what);
    }

    private void refuse(String place, String kind, String name, String what) {
        List<HostMount> mounts = mounted().get(place);
        if (mounts != null) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The " + kind + " `" + name + "` is mounted at "
                            + paths(place, mounts).getFirst() + ", and cannot be " + what + " meanwhile.",
                    "Take that away with `wherry umount " + name + "`.");
        }
    }

    /**
     * Takes a root's mounts away, the last first; looked up again after each, since with one others may go that it was propagated to. None is success.
     *
     * @param busy also from under whoever is in them
     * @throws WherryException of kind FAILED_PRECONDITION if one is in use, or covered by another mount
     */
    void unmount(String name, boolean busy) {
        List<HostMount> mounts = mounted().get(name);
        for (int most = MOST; mounts != null && most > 0; most--) {
            HostMount last = mounts.getLast();
            String point = last.point();
            if (!HostMounts.at(point).device().equals(last.device())) {
                throw refused(point, "another mount lies over it");
            }
            TaskResult result = launcher.task(MountProgram.unmount(point, busy), Assembler.PILOT);
            if (!result.ok()) {
                throw refused(point, reason(result));
            }
            mounts = mounted().get(name);
        }
        StateFile.remove(folder().resolve(name));
    }

    private static String reason(TaskResult result) {
        if (result.failure().isEmpty()) {
            return "the pilot ended without a word";
        }
        return result.failure().get().errno() == Errno.EBUSY.number()
                ? "a process has its working folder or an open file in it, or something is mounted below it"
                : result.failure().get().errnoName();
    }

    private static WherryException refused(String point, String why) {
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "Cannot unmount " + point + ": " + why + ".",
                "`fuser -vm " + point + "` tells who uses it.");
    }
}
