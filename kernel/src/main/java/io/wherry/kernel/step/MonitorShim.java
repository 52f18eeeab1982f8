package io.wherry.kernel.step;

import io.wherry.kernel.program.Assembler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The containerd shim through which the monitor does what is asked of it (docs/program.md, "The shim's block").
 *
 * @param socket the connection, on which Wait was sent
 * @param log the shim's log, which is read and thrown away; or {@link Slot#NONE}
 * @param requests frames of ttrpc in this order: Kill, Pause, Resume, ResizePty, CloseIO, Delete, Shutdown; one that may not be asked is empty
 */
public record MonitorShim(Slot socket, Slot log, List<byte[]> requests) {
    private static final int SIZE = 64;
    private static final int REQUESTS = 7;

    /** Copies the list. */
    public MonitorShim {
        requests = List.copyOf(requests);
        if (requests.size() != REQUESTS) {
            throw new IllegalArgumentException("a monitor asks " + REQUESTS + " things, not " + requests.size());
        }
    }

    /** Puts it into the data of a program, and returns its offset. */
    int put(Assembler data) {
        ByteBuffer block = ByteBuffer.allocate(SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(socket.number())
                .putInt(log.number());
        for (byte[] request : requests) {
            block.putInt(request.length == 0 ? 0 : data.block(request)).putInt(request.length);
        }
        return data.block(block.array());
    }
}
