package io.wherry.kernel.step;

import io.wherry.kernel.program.Assembler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What the monitor watches and writes (docs/program.md, "The monitor block").
 *
 * @param terminal whether input and output are a terminal's
 * @param input whether the container has an input that clients may write to
 * @param log where output is kept
 * @param remove whether the container is removed when it has ended
 * @param hangsUp whether it is ended when the client that started it goes away without detaching
 * @param in where input is written
 * @param out where output is read
 * @param err where error output is read, or {@link Slot#NONE}
 * @param folder the container's folder
 * @param volatileFolder its volatile folder
 * @param listener the listening socket
 * @param oom the file that counts out-of-memory kills, or {@link Slot#NONE}
 * @param oomUnified whether that file is of a version 2 hierarchy
 * @param restartPolicy 0 none, 1 if it did not end with 0, 2 always
 * @param restartsMost how often it is started again; 0 for no limit
 * @param again the step of the pilot's strand at which a repeated start begins; 0 if the program is not made for it
 * @param stopSignal the signal that asks the container to end
 * @param events the folder of the journal of events, or {@link Slot#NONE}
 * @param cgroup the container's group in the version 2 hierarchy, or {@link Slot#NONE}
 * @param health how its health is asked for
 * @param target the process that is signalled and joined, where another one is waited for; else {@link Slot#NONE}
 * @param shim the containerd shim through which all is done
 */
public record MonitorBlock(
        boolean terminal,
        boolean input,
        MonitorLog log,
        boolean remove,
        boolean hangsUp,
        Slot in,
        Slot out,
        Slot err,
        Slot folder,
        Slot volatileFolder,
        Slot listener,
        Slot oom,
        boolean oomUnified,
        int restartPolicy,
        int restartsMost,
        int again,
        int stopSignal,
        Slot events,
        Slot cgroup,
        Optional<MonitorHealth> health,
        Slot target,
        Optional<MonitorShim> shim) {

    private static final int SIZE = 128;
    private static final int CGROUP = 44;
    private static final int RESTART = 64;
    private static final int EVENTS = 80;
    private static final int HEALTH_OUTPUT = 108;
    private static final int TARGET = 112;
    private static final int SHIM = 116;
    private static final String[] RESTARTS = {"", ", start it again if it fails", ", start it again"};

    byte[] bytes(Assembler data) {
        int flags = (terminal ? 1 : 0)
                | (input ? 2 : 0)
                | (log.isKept() ? 4 : 0)
                | (remove ? 8 : 0)
                | (hangsUp ? 64 : 0)
                | (oom.number() < 0 ? 0 : oomUnified ? 32 : 16);
        ByteBuffer block = ByteBuffer.allocate(SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(flags)
                .putInt(in.number())
                .putInt(out.number())
                .putInt(err.number())
                .putInt(folder.number())
                .putInt(volatileFolder.number())
                .putInt(listener.number())
                .putInt(oom.number())
                .putInt(CGROUP, cgroup.number())
                .putInt(RESTART, restartPolicy)
                .putInt(RESTART + 4, restartsMost)
                .putInt(RESTART + 8, again)
                .putInt(RESTART + 12, stopSignal)
                .putInt(EVENTS, events.number())
                .putInt(HEALTH_OUTPUT, Slot.NONE.number())
                .putInt(TARGET, Math.max(0, target.number()));
        if (shim.isPresent()) {
            block.putInt(SHIM, shim.get().put(data));
        }
        log.put(block);
        if (health.isPresent()) {
            health.get().put(block);
        }
        return block.array();
    }

    String text() {
        return (terminal ? "terminal" : input ? "input and output" : "output")
                + log.text()
                + RESTARTS[restartPolicy]
                + (health.isPresent() ? health.get().text() : "")
                + (shim.isPresent() ? ", all through the shim" : "")
                + (hangsUp ? ", end it if its user is gone" : "")
                + (remove ? ", remove the container at its end" : "");
    }
}
