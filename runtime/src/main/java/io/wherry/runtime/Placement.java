package io.wherry.runtime;

import io.wherry.kernel.devices.DevicePattern;
import io.wherry.kernel.step.MonitorLog;
import java.util.List;
import java.util.Optional;

/**
 * Where a container is and how it is attended: what a runtime needs beside its configuration.
 *
 * @param id the full id
 * @param containers absolute path of the folder of containers; the container's own is below it, by its id
 * @param lock absolute path of its lock file
 * @param running absolute path of the folder of volatile folders
 * @param trash absolute path of the folder where removed trees wait
 * @param names absolute path of the folder of names
 * @param events absolute path of the folder of the journal of events
 * @param name the container's name
 * @param bootId identifies this boot
 * @param input whether its input is kept open for clients
 * @param remove whether it is removed when it has ended
 * @param restart what follows an end that nobody asked for
 * @param stopSignal the number of the signal that asks it to end
 * @param log where its output is kept
 * @param health how its health is asked for
 * @param devices which devices it is given whenever they are there
 * @param quota what limits the room that it takes on the disk
 */
public record Placement(
        String id,
        String containers,
        String lock,
        String running,
        String trash,
        String names,
        String events,
        String name,
        String bootId,
        boolean input,
        boolean remove,
        Restart restart,
        int stopSignal,
        MonitorLog log,
        Optional<Health> health,
        List<DevicePattern> devices,
        Optional<Quota> quota) {

    /** Copies the list. */
    public Placement {
        devices = List.copyOf(devices);
    }

    /**
     * The quota of the project that all it writes to its root is a part of. It is in force from a start to the end.
     *
     * @param project the project's number, unsigned
     * @param bytes the limit
     */
    public record Quota(int project, long bytes) {}

    /**
     * How its health is asked for.
     *
     * @param command the check: a program and its arguments, run as the container's own user
     * @param interval milliseconds between the end of a check and the next
     * @param timeout milliseconds that a check may take
     * @param startPeriod milliseconds from the start in which failures do not count
     * @param retries how many failures in a row make it unhealthy
     * @param startInterval milliseconds between checks in the start period
     */
    public record Health(
            List<String> command, int interval, int timeout, int startPeriod, int retries, int startInterval) {
        /** Copies the command. */
        public Health {
            command = List.copyOf(command);
        }
    }

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
