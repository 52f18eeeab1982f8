package io.wherry.runtime.shim;

import io.wherry.runtime.Placement;
import java.nio.ByteBuffer;

/**
 * The service that a shim publishes its events to, some shims before they answer anything: {@code Forward} is answered and what it brings thrown away, as Wait tells the end and control groups the
 * rest (containerd's api/services/ttrpc/events/v1/events.proto). Stateless.
 */
final class ShimEvents {
    /** The socket in the volatile folder. */
    static final String SOCKET = "e";

    private static final int LONGEST_PATH = 107; // unix(7)
    private static final int ROOM = 64;
    private static final int HEADER = 10;
    private static final int UNIMPLEMENTED = 12;
    private static final byte REQUEST = 1;
    private static final byte RESPONSE = 2;

    private ShimEvents() {}

    /** {@return absolute path of the socket; empty where a socket's address cannot be that long, and there is no service} */
    static String address(Placement place) {
        String path = place.running() + "/" + place.shortId() + "/" + SOCKET;
        return path.length() > LONGEST_PATH ? "" : path;
    }

    /** {@return what is answered, as {@link io.wherry.kernel.step.ConnectShim} has it} */
    static byte[] service() {
        Message refusal = new Message().number(1, UNIMPLEMENTED).text(2, "only events are taken here");
        ByteBuffer frames = ByteBuffer.allocate(3 * ROOM);
        put(frames, 0, REQUEST, ShimRequests.method("containerd.services.events.ttrpc.v1.Events", "Forward"));
        put(frames, ROOM, RESPONSE, new Message());
        put(frames, 2 * ROOM, RESPONSE, new Message().bytes(1, refusal.bytes()));
        return frames.array();
    }

    private static void put(ByteBuffer frames, int at, byte type, Message message) {
        byte[] body = message.bytes();
        frames.putInt(at, body.length).put(at + 8, type).put(at + HEADER, body);
    }
}
