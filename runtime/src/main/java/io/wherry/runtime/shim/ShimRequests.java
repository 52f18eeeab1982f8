package io.wherry.runtime.shim;

import io.wherry.kernel.step.AskShim;
import io.wherry.kernel.step.MonitorShim;
import io.wherry.kernel.step.Slot;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Frames of ttrpc for one container, or for one more process in it (containerd's api/runtime/task/v2/shim.proto; ttrpc's PROTOCOL.md). A frame begins with the service, whose version the pilot may
 * change, and ends with the payload, whose last bytes the monitor fills in for Kill and ResizePty. Immutable.
 *
 * @param container its id for the shim, at most 76 characters
 * @param exec the id of one more process; empty for the container's own
 */
record ShimRequests(String container, String exec) {
    private static final String SERVICE = "containerd.task.v2.Task"; // version 3 has the same messages
    private static final byte REQUEST = 1;
    private static final int HEADER = 10;
    private static final int ANSWER_MS = 60_000;
    private static final long NANOS = 1_000_000;
    private static final String PROCESS = "types.containerd.io/opencontainers/runtime-spec/1/Process";
    private static final byte[] SIGNAL = {0x18, 0};
    private static final byte[] SIZE = {0x18, (byte) 0x80, (byte) 0x80, 0, 0x20, (byte) 0x80, (byte) 0x80, 0};

    /** Makes the container from the bundle. */
    AskShim create(Slot socket, String bundle, ShimStreams streams, byte[] options) {
        byte[] payload = new Message()
                .text(1, container)
                .text(2, bundle)
                .flag(4, streams.ends().terminal())
                .text(5, streams.in())
                .text(6, streams.out())
                .text(7, streams.err())
                .bytes(10, options)
                .bytes();
        return new AskShim("Create", socket, frame("Create", ANSWER_MS, payload), ANSWER_MS, Slot.NONE);
    }

    /** Adds a process to the container. */
    AskShim execute(Slot socket, ShimStreams streams, byte[] process) {
        byte[] payload = new Message()
                .text(1, container)
                .text(2, exec)
                .flag(3, streams.ends().terminal())
                .text(4, streams.in())
                .text(5, streams.out())
                .text(6, streams.err())
                .bytes(7, ShimOptions.any(PROCESS, process))
                .bytes();
        return new AskShim("Exec", socket, frame("Exec", ANSWER_MS, payload), ANSWER_MS, Slot.NONE);
    }

    /** Asks for the end, which may be far; before the start, so that no end is missed. */
    AskShim await(Slot socket) {
        return new AskShim("Wait", socket, frame("Wait", 0, process().bytes()), 0, Slot.NONE);
    }

    AskShim start(Slot socket, Slot process) {
        return new AskShim("Start", socket, frame("Start", ANSWER_MS, process().bytes()), ANSWER_MS, process);
    }

    /** {@return what the monitor may ask} */
    MonitorShim monitor(Slot socket, Slot log) {
        boolean whole = exec.isEmpty();
        byte[] nothing = new byte[0];
        byte[] task = new Message().text(1, container).bytes();
        return new MonitorShim(
                socket,
                log,
                List.of(
                        frame("Kill", 0, join(process().bytes(), SIGNAL)),
                        whole ? frame("Pause", 0, task) : nothing,
                        whole ? frame("Resume", 0, task) : nothing,
                        frame("ResizePty", 0, join(process().bytes(), SIZE)),
                        frame("CloseIO", 0, process().flag(3, true).bytes()),
                        frame("Delete", 0, process().bytes()),
                        whole
                                ? frame(
                                        "Shutdown",
                                        0,
                                        new Message()
                                                .text(1, container)
                                                .flag(2, true)
                                                .bytes())
                                : nothing));
    }

    private Message process() {
        return new Message().text(1, container).text(2, exec);
    }

    /** {@return the beginning of a request} */
    static Message method(String service, String method) {
        return new Message().text(1, service).text(2, method);
    }

    private static byte[] frame(String method, int milliseconds, byte[] payload) {
        byte[] request = method(SERVICE, method)
                .number(4, milliseconds * NANOS)
                .bytes(3, payload)
                .bytes();
        return ByteBuffer.allocate(HEADER + request.length)
                .putInt(request.length)
                .putInt(0)
                .put(REQUEST)
                .put((byte) 0)
                .put(request)
                .array();
    }

    private static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }
}
