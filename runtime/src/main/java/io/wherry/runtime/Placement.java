package io.wherry.runtime;

import io.wherry.kernel.step.MonitorLog;

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
 * @param restart what follows an end that nobody asked for
 * @param stopSignal the number of the signal that asks it to end
 * @param log where its output is kept
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
        Restart restart,
        int stopSignal,
        MonitorLog log) {

    /**
     * What the monitor does when the container has ended by itself.
     *
     * @param policy as the monitor block numbers it (docs/program.md): 0 nothing, 1 starts it again if it did not end with 0, 2 starts it again
     * @param most how often at most; 0 for no limit
     */
    public record Restart(int policy, int most) {
        /** Nothing. */
        public static final Restart NO = new Restart(0, 0);
    }

    /** {@return the name of the volatile folder: short, since a socket's address is} */
    public String shortId() {
        return id.substring(0, 12);
    }
}
