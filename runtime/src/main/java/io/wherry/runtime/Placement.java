package io.wherry.runtime;

/**
 * Where a container is and how it is attended: what a runtime needs beside its configuration.
 *
 * @param id the full id
 * @param containers absolute path of the folder of containers; the container's own is below it, by its id
 * @param lock absolute path of its lock file
 * @param running absolute path of the folder of volatile folders
 * @param trash absolute path of the folder where removed trees wait
 * @param names absolute path of the folder of names
 * @param name the container's name
 * @param bootId identifies this boot
 * @param input whether its input is kept open for clients
 * @param remove whether it is removed when it has ended
 * @param log whether output is logged
 * @param logSize largest log file in bytes
 * @param logFiles how many are kept
 */
public record Placement(
        String id,
        String containers,
        String lock,
        String running,
        String trash,
        String names,
        String name,
        String bootId,
        boolean input,
        boolean remove,
        boolean log,
        long logSize,
        int logFiles) {

    /** {@return the name of the volatile folder: short, since a socket's address is} */
    public String shortId() {
        return id.substring(0, 12);
    }
}
