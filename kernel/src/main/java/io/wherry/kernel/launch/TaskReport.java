package io.wherry.kernel.launch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a pilot has said until now. Not for several threads at once. */
final class TaskReport {
    /** Where a pilot's frame begins in the payload of a RESULT, behind the number of its task. */
    static final int IN_RESULT = 4;

    private static final int HEADER = 8;

    private final List<TaskResult.Note> notes = new ArrayList<>();
    private final List<TaskResult.Data> data = new ArrayList<>();
    private @Nullable Failure failure;
    private boolean started;

    /** Takes a whole frame of the pilot, header first, that begins at an offset. */
    void take(byte[] bytes, int at) {
        int type = bytes[at] & 0xFF;
        ByteBuffer payload =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(at + HEADER);
        if (type == FrameType.FAILED.number()) {
            byte[] record = new byte[Failure.SIZE];
            payload.get(record);
            failure = Failure.parse(record);
        } else if (type == FrameType.STARTED.number()) {
            started = true;
        } else if (type == FrameType.NOTE.number()) {
            notes.add(new TaskResult.Note(payload.getInt(), payload.getInt()));
        } else if (type == FrameType.DATA.number()) {
            int instruction = payload.getInt();
            byte[] content = new byte[payload.remaining()];
            payload.get(content);
            data.add(new TaskResult.Data(instruction, content));
        }
    }

    boolean started() {
        return started;
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    TaskResult end(int status) {
        return new TaskResult(status, failure(), List.copyOf(notes), List.copyOf(data));
    }
}
