package io.wherry.kernel.launch;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.oci.WherryException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The launcher that is this JVM's parent, spoken to over inherited pipes at fixed numbers (docs/launcher.md): 3 requests, 4 replies, and four pairs for trees from 5 on.
 */
public final class ParentLauncher implements CommandLauncher {
    private static final int REQUESTS = 3;
    private static final int REPLIES = 4;
    private static final int FIRST_PAIR = 5;
    private static final int PAIRS = 4;
    private static final int NO_PAIR = 255;
    private static final int HEADER = 8;

    private final OutputStream requests;
    private final InputStream replies;
    private final Object sending = new Object();
    private final List<Pending> pending = new ArrayList<>();
    private final Semaphore freePairs = new Semaphore(PAIRS);
    private final boolean[] pairTaken = new boolean[PAIRS];
    private int nextTask = 1;
    private boolean reading;

    /** A task that has not ended. Guarded by itself. */
    private static final class Pending {
        final int task;
        final TaskReport report = new TaskReport();

        @Nullable
        TaskResult result;

        Pending(int task) {
            this.task = task;
        }
    }

    /** Opens the inherited pipes. */
    public ParentLauncher() {
        try {
            requests = new FileOutputStream("/proc/self/fd/" + REQUESTS);
            replies = new FileInputStream("/proc/self/fd/" + REPLIES);
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.INTERNAL,
                    "This program is started by the `wherry` launcher, which was not found at descriptors 3 and 4.");
        }
    }

    @Override
    public void launch(KernelProgram program, String id, int flags, String detachKeys) {
        send(FrameType.PROGRAM, lastWord(flags, id, detachKeys), program.bytes());
        waitForTheEnd();
    }

    @Override
    public void step(KernelProgram program, List<String> texts, String id, int flags) {
        StringBuilder all = new StringBuilder();
        for (String text : texts) {
            all.append(text).append('\0');
        }
        send(FrameType.STEPS, all.toString().getBytes(StandardCharsets.UTF_8), new byte[0]);
        launch(program, id, flags, DETACH_KEYS);
    }

    @Override
    public void ask(String question) {
        send(FrameType.ASK, question.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    @Override
    public void attach(Path socket, int flags, String detachKeys) {
        send(FrameType.ATTACH_TO, lastWord(flags, socket.toString(), detachKeys), new byte[0]);
        waitForTheEnd();
    }

    private static byte[] lastWord(int flags, String name, String detachKeys) {
        byte[] named = name.getBytes(StandardCharsets.UTF_8);
        byte[] keys = detachKeys.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer word = ByteBuffer.allocate(7 + named.length + keys.length).order(ByteOrder.LITTLE_ENDIAN);
        word.putInt(flags).putShort((short) named.length).put(named);
        return word.put((byte) keys.length).put(keys).array();
    }

    @Override
    public void leave(int code) {
        System.out.flush();
        System.err.flush();
        send(FrameType.LEAVE, little(code), new byte[0]);
        waitForTheEnd();
    }

    /**
     * The launcher kills this JVM; but while a cache is trained it waits until the main method returns. It is not ended by an exit, which looks for a
     * logger, whose classes would be in the cache and so be loaded at every start.
     */
    private void waitForTheEnd() {
        if (System.getenv("WHERRY_TRAINING") != null) {
            return;
        }
        synchronized (pending) {
            while (true) {
                try {
                    pending.wait(); // nobody notifies; not sleep, which would load classes to the last
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public TaskResult task(KernelProgram program, int strand) {
        return await(start(program, strand, NO_PAIR));
    }

    @Override
    public void detach(KernelProgram program) {
        start(program, 0, NO_PAIR);
    }

    @Override
    public TreeTask tree(KernelProgram program) {
        freePairs.acquireUninterruptibly();
        int pair = takePair();
        try {
            Pending task = start(program, 0, pair);
            awaitStart(task);
            return new PairTask(pair, task);
        } catch (IOException | RuntimeException e) {
            givePair(pair);
            throw e instanceof RuntimeException runtime ? runtime : broken((IOException) e);
        }
    }

    /** {@return the failure record with which the launcher started this JVM to report} */
    public Failure reported() {
        Frame frame = readFrame();
        if (frame.type != FrameType.FAILED.number()) {
            throw new WherryException(
                    WherryException.Kind.INTERNAL, "The launcher did not send the failure it reports.");
        }
        return Failure.parse(frame.payload);
    }

    private Pending start(KernelProgram program, int strand, int pair) {
        Pending task;
        synchronized (pending) {
            task = new Pending(nextTask++);
            pending.add(task);
            if (!reading) {
                reading = true;
                Thread reader = new Thread(this::readReplies, "launcher replies");
                reader.setDaemon(true);
                reader.start();
            }
        }
        ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(task.task).put((byte) strand).put((byte) pair).putShort((short) 0);
        send(FrameType.TASK, head.array(), program.bytes());
        return task;
    }

    private static TaskResult await(Pending task) {
        synchronized (task) {
            while (true) {
                TaskResult result = task.result;
                if (result != null) {
                    return result;
                }
                try {
                    task.wait();
                } catch (InterruptedException e) {
                    throw new WherryException(
                            WherryException.Kind.INTERRUPTED, "The wait for a kernel program was interrupted.");
                }
            }
        }
    }

    /** Waits until the pilot holds the other ends of the pair: to open ours before would wait for a reader that may never come. */
    private static void awaitStart(Pending task) {
        synchronized (task) {
            while (!task.report.started() && task.result == null) {
                try {
                    task.wait();
                } catch (InterruptedException e) {
                    throw new WherryException(
                            WherryException.Kind.INTERRUPTED, "The wait for a kernel program was interrupted.");
                }
            }
            TaskResult result = task.result;
            if (result != null) {
                throw new WherryException(
                        WherryException.Kind.INTERNAL,
                        "A pilot that writes files could not be started; status " + result.status() + ".");
            }
        }
    }

    private void readReplies() {
        while (true) {
            Frame frame = readFrame();
            int number = ByteBuffer.wrap(frame.payload)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            Pending task = find(number, frame.type == FrameType.DONE.number());
            synchronized (task) {
                if (frame.type == FrameType.DONE.number()) {
                    int status = ByteBuffer.wrap(frame.payload)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt(4);
                    task.result = task.report.end(status);
                    task.notifyAll();
                } else {
                    task.report.take(frame.payload, TaskReport.IN_RESULT);
                    task.notifyAll();
                }
            }
        }
    }

    private Pending find(int number, boolean remove) {
        synchronized (pending) {
            for (int i = 0; i < pending.size(); i++) {
                Pending task = pending.get(i);
                if (task.task == number) {
                    if (remove) {
                        pending.remove(i);
                    }
                    return task;
                }
            }
        }
        throw new WherryException(
                WherryException.Kind.INTERNAL, "The launcher answered for a task that was not asked.");
    }

    private int takePair() {
        synchronized (pairTaken) {
            for (int i = 0; i < PAIRS; i++) {
                if (!pairTaken[i]) {
                    pairTaken[i] = true;
                    return i;
                }
            }
        }
        throw new IllegalStateException("no pair is free, although one was acquired");
    }

    private void givePair(int pair) {
        synchronized (pairTaken) {
            pairTaken[pair] = false;
        }
        freePairs.release();
    }

    /** A tree task on one of the four pairs. */
    private final class PairTask implements TreeTask {
        private final int pair;
        private final Pending task;
        private final FileOutputStream operations;
        private final FileInputStream answers;
        private boolean closed;

        PairTask(int pair, Pending task) throws IOException {
            this.pair = pair;
            this.task = task;
            this.operations = new FileOutputStream("/proc/self/fd/" + (FIRST_PAIR + 2 * pair));
            this.answers = new FileInputStream("/proc/self/fd/" + (FIRST_PAIR + 2 * pair + 1));
        }

        @Override
        public OutputStream operations() {
            return operations;
        }

        @Override
        public InputStream replies() {
            return answers;
        }

        @Override
        public TaskResult result() {
            return await(task);
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                operations.close();
                answers.close();
            } catch (IOException e) {
                throw broken(e);
            } finally {
                // The pipe stays open in this process, so a stream that was broken off has no end that the pilot could
                // see.
                send(FrameType.CANCEL, little(task.task), new byte[0]);
                await(task);
                givePair(pair);
            }
        }
    }

    private void send(FrameType type, byte[] head, byte[] body) {
        byte[] frame = new byte[HEADER + head.length + body.length];
        ByteBuffer.wrap(frame).put((byte) type.number()).putInt(4, head.length + body.length);
        System.arraycopy(head, 0, frame, HEADER, head.length);
        System.arraycopy(body, 0, frame, HEADER + head.length, body.length);
        synchronized (sending) {
            try {
                requests.write(frame);
            } catch (IOException e) {
                throw broken(e);
            }
        }
    }

    private record Frame(int type, byte[] payload) {}

    private Frame readFrame() {
        try {
            byte[] header = replies.readNBytes(HEADER);
            if (header.length == HEADER) {
                int length = ByteBuffer.wrap(header).getInt(4);
                byte[] payload = replies.readNBytes(length);
                if (payload.length == length) {
                    return new Frame(header[0] & 0xFF, payload);
                }
            }
        } catch (IOException e) {
            throw broken(e);
        }
        throw new WherryException(WherryException.Kind.INTERNAL, "The launcher went away in the middle of an answer.");
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private static WherryException broken(IOException e) {
        return new WherryException(
                WherryException.Kind.INTERNAL, "The connection to the launcher broke: " + e.getMessage() + ".");
    }
}
