package io.wherry.runtime;

/**
 * Where one more process of a running container belongs: what a runtime needs beside the container's configuration.
 *
 * @param container the container's full id
 * @param exec the full id of this execution
 * @param running absolute path of the folder of volatile folders
 * @param events absolute path of the folder of the journal of events
 * @param event the template of its events; empty for none
 * @param bootId identifies this boot
 * @param pid the container's first process
 * @param start when that started, in clock ticks since the boot
 * @param input whether its input is kept open for clients
 * @param log absolute path of the file that has what a tool had to say
 */
public record ExecPlacement(
        String container,
        String exec,
        String running,
        String events,
        byte[] event,
        String bootId,
        int pid,
        long start,
        boolean input,
        String log) {
    /** The folder of executions in a container's volatile folder. */
    public static final String FOLDER = "x";

    /** {@return the name of the container's volatile folder} */
    public String shortContainer() {
        return container.substring(0, 12);
    }

    /** {@return the name of the execution's own folder: short, since a socket's address is} */
    public String shortId() {
        return exec.substring(0, 12);
    }
}
