package io.wherry.kernel.step;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the monitor watches and writes (docs/program.md, "The monitor block").
 *
 * @param terminal whether input and output are a terminal's
 * @param input whether the container has an input that clients may write to
 * @param log whether output goes to the log
 * @param remove whether the container is removed when it has ended
 * @param in where input is written
 * @param out where output is read
 * @param err where error output is read, or {@link Slot#NONE}
 * @param folder the container's folder
 * @param volatileFolder its volatile folder
 * @param listener the listening socket
 * @param oom the file that counts out-of-memory kills, or {@link Slot#NONE}
 * @param oomUnified whether that file is of a version 2 hierarchy
 * @param logSize the largest log file in bytes
 * @param logFiles how many are kept
 * @param cgroup the container's group in the version 2 hierarchy, or {@link Slot#NONE}
 */
public record MonitorBlock(
        boolean terminal,
        boolean input,
        boolean log,
        boolean remove,
        Slot in,
        Slot out,
        Slot err,
        Slot folder,
        Slot volatileFolder,
        Slot listener,
        Slot oom,
        boolean oomUnified,
        long logSize,
        int logFiles,
        Slot cgroup) {

    byte[] bytes() {
        int flags = (terminal ? 1 : 0)
                | (input ? 2 : 0)
                | (log ? 4 : 0)
                | (remove ? 8 : 0)
                | (oom.number() < 0 ? 0 : oomUnified ? 32 : 16);
        return ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(flags)
                .putInt(in.number())
                .putInt(out.number())
                .putInt(err.number())
                .putInt(folder.number())
                .putInt(volatileFolder.number())
                .putInt(listener.number())
                .putInt(oom.number())
                .putLong(logSize)
                .putInt(logFiles)
                .putInt(cgroup.number())
                .array();
    }

    String text() {
        return (terminal ? "terminal" : input ? "input and output" : "output")
                + (log ? ", log of " + logFiles + " files of " + logSize + " bytes" : ", no log")
                + (remove ? ", remove the container at its end" : "");
    }
}
