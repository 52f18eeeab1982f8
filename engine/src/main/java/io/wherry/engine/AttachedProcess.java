package io.wherry.engine;

import io.wherry.kernel.launch.FrameType;
import io.wherry.oci.Signal;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A process in a container that somebody is attached to: its streams and its end. Safe for several threads; what is blocking is fit for virtual ones.
 *
 * <p><b>Streams</b> are unchanged bytes. Each keeps 1 MiB; when nobody reads on, the process waits, as it would for a pipe. A stream that nobody has asked for makes nobody wait: as soon
 * as somebody waits for the end, or for the other stream, what it cannot keep is dropped, and reading it later ends in an {@link IOException} behind what was kept (the container's log has it all). So
 * {@link #await} alone never hangs on output. Who asks for both streams reads both, in two threads if much may come.
 *
 * <p><b>Closing</b> it leaves the process alone, but ends the input of one that was started by it.
 */
public final class AttachedProcess implements AutoCloseable {
    /** Flag: the input ends with this client. */
    static final int ONCE = 16;

    private static final int STDIN = 1;
    private static final int OUTPUTS = 2 | 4;
    private static final int PRIMARY = 8;
    private static final int VERSION = 1;
    private static final int HEADER = 8;
    private static final int LARGEST_FRAME = 1 << 20;
    private static final int EBUSY = 16;
    private static final int LOST = 137;
    private static final long FOREVER = Long.MAX_VALUE / 2; // nanoseconds, a century
    private static final int NOBODY = -1;

    private final SocketChannel channel;
    private final AttachedState state;
    private final int streams;
    private final ReentrantLock sending = new ReentrantLock();
    private final Lane words = new Lane();
    private final Lane bytes = new Lane();
    private final AttachedOutput output;
    private final AttachedOutput errors;
    private final AttachedInput input = new AttachedInput(this);

    AttachedProcess(SocketChannel channel, String what, int streams) {
        this.channel = channel;
        this.state = new AttachedState(what);
        this.output = new AttachedOutput(state);
        this.errors = new AttachedOutput(state);
        this.streams = streams;
        Thread.ofVirtual().name("wherry, reading " + state.what).start(this::readAll);
    }

    /** {@return the flags of an attachment with outputs, and with the input or not} */
    static int streams(boolean input) {
        return OUTPUTS | PRIMARY | (input ? STDIN | ONCE : 0);
    }

    /** {@return what a new client says; without any stream it only waits for the end} */
    static byte[] greeting(int streams) {
        ByteBuffer frames = ByteBuffer.allocate(64);
        frames.put(frame(FrameType.HELLO, VERSION, 0));
        frames.put(streams == 0 ? frame(FrameType.WAIT) : frame(FrameType.ATTACH, streams));
        byte[] bytes = new byte[frames.position()];
        frames.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer frame(FrameType type, int... words) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + Integer.BYTES * words.length);
        frame.put((byte) type.number()).putInt(4, Integer.BYTES * words.length).position(HEADER);
        frame.order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            frame.putInt(word);
        }
        return frame.flip();
    }

    /** {@return what it writes to its output; the same stream each time} */
    public InputStream output() {
        return asked(output);
    }

    /** {@return what it writes to its error output; nothing where it has a terminal} */
    public InputStream errors() {
        return asked(errors);
    }

    private InputStream asked(AttachedOutput stream) {
        if (streams == 0) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The " + state.what + " was started detached, so its output goes nowhere but to the log.",
                    "Read its log, or start it without `detached`.");
        }
        stream.ask();
        return stream;
    }

    /**
     * {@return its input: what is written has been taken by the pipe when a write returns; closing it is the end of the input}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it was asked for without input
     */
    public OutputStream input() {
        if ((streams & STDIN) == 0) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The " + state.what + " has no input.",
                    "Ask for one with `interactive()`.");
        }
        return input;
    }

    /**
     * Waits for the end.
     *
     * @return the exit code; 128 + n if signal n ended it; 137 if the process beside it was killed, so that nobody knows
     * @throws WherryException of kind INTERRUPTED; FAILED_PRECONDITION if this was closed before the end
     */
    public int await() {
        return await(FOREVER).orElseThrow();
    }

    /** Waits for the end for a time. {@return the exit code; empty if the time was over first} */
    public OptionalInt await(Duration time) {
        return await(TimeUnit.NANOSECONDS.convert(time));
    }

    /** Waits until what is written from now on is seen here. {@return this} */
    AttachedProcess awaitAttached() {
        state.lock.lock();
        try {
            while (!state.attached && !state.ended) {
                state.changed.await();
            }
            return this;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new WherryException(
                    WherryException.Kind.INTERRUPTED, "The wait for the " + state.what + " was interrupted.");
        } finally {
            state.lock.unlock();
        }
    }

    private OptionalInt await(long nanos) {
        state.lock.lock();
        state.waiting++;
        state.changed.signalAll();
        try {
            long left = nanos;
            while (!state.ended && left > 0) {
                left = state.changed.awaitNanos(left);
            }
            if (state.ended && state.code.isEmpty()) {
                throw new WherryException(
                        WherryException.Kind.FAILED_PRECONDITION,
                        "Nobody listens to the " + state.what + " any more: it was closed here before its end.");
            }
            return state.code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WherryException(
                    WherryException.Kind.INTERRUPTED,
                    "The wait for the end of the " + state.what + " was interrupted.");
        } finally {
            state.waiting--;
            state.lock.unlock();
        }
    }

    /**
     * Sends it a signal.
     *
     * @throws WherryException of kind FAILED_PRECONDITION if it has ended
     */
    public void signal(Signal signal) {
        demand(FrameType.SIGNAL, frame(FrameType.SIGNAL, signal.number()), "signalled");
    }

    /** Tells its terminal another size, in characters, 1 to 65535. */
    public void resize(int rows, int columns) {
        demand(FrameType.RESIZE, frame(FrameType.RESIZE, (rows & 0xFFFF) | (columns << 16)), "given another size");
    }

    private void demand(FrameType type, ByteBuffer frame, String done) {
        try {
            int errno = words.request(type, frame);
            if (errno != 0) {
                throw new IOException("errno " + errno);
            }
        } catch (InterruptedIOException e) {
            throw new WherryException(
                    WherryException.Kind.INTERRUPTED, "The wait for the " + state.what + " was interrupted.");
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "The " + state.what + " cannot be " + done + ": " + e.getMessage() + ".",
                    e);
        }
    }

    /** Requests of one kind, one at a time, so that each REPLY is known: input waits for a reader, and a signal does not wait behind input. Guarded by the lock. */
    private final class Lane {
        private final ReentrantLock turn = new ReentrantLock();
        private int asked = NOBODY; // type of the frame that waits for its REPLY
        private int answer;

        /** {@return the errno of the answer} */
        int request(FrameType type, ByteBuffer frame) throws IOException {
            turn.lock();
            try {
                state.lock.lockInterruptibly();
                try {
                    awaitAnswer(); // to one who was interrupted
                    if (state.ended) {
                        throw new IOException("it has ended");
                    }
                    asked = type.number();
                    send(frame);
                    awaitAnswer();
                    return answer;
                } finally {
                    state.lock.unlock();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } finally {
                turn.unlock();
            }
        }

        private void awaitAnswer() throws IOException, InterruptedException {
            while (asked != NOBODY && !state.ended) {
                state.changed.await();
            }
            if (asked != NOBODY) {
                throw new IOException("it has ended");
            }
        }

        void reply(int type, int errno) {
            if (type == asked) {
                asked = NOBODY;
                answer = errno;
                state.changed.signalAll();
            }
        }
    }

    /** Gives a piece to its input. Returns once the pipe has taken it. */
    void give(byte[] from, int offset, int length) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
        frame.put((byte) FrameType.STDIN.number()).position(4).putInt(length);
        if (bytes.request(FrameType.STDIN, frame.put(from, offset, length).flip()) != 0) {
            throw new IOException("the " + state.what + " does not read its input any more");
        }
    }

    void endInput() {
        send(frame(FrameType.STDIN));
    }

    /** By a thread of its own: a channel closes itself when a thread is interrupted that uses it. */
    private void send(ByteBuffer frame) {
        Thread.ofVirtual().start(() -> {
            sending.lock();
            try {
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
            } catch (IOException e) {
                // the thread that reads meets the end too
            } finally {
                sending.unlock();
            }
        });
    }

    private void readAll() {
        try {
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            while (fill(header.clear())) {
                int length = header.getInt(4);
                if (length < 0 || length > LARGEST_FRAME) {
                    break;
                }
                byte[] payload = new byte[length];
                if (!fill(ByteBuffer.wrap(payload)) || !take(header.get(0) & 0xFF, payload)) {
                    break;
                }
            }
        } catch (IOException e) {
            // a monitor that goes with something unread resets the connection; or this was closed
        } finally {
            end();
        }
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether more is to come} */
    private boolean take(int type, byte[] payload) {
        ByteBuffer numbers = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        state.lock.lock();
        try {
            if (type == FrameType.STDOUT.number()) {
                output.add(payload);
            } else if (type == FrameType.STDERR.number()) {
                errors.add(payload);
            } else if (type == FrameType.EXIT.number()) {
                state.code = OptionalInt.of(numbers.getInt(0));
                return false;
            } else if (type == FrameType.REPLY.number()) {
                reply(numbers.getInt(0), numbers.getInt(4));
            }
            return true;
        } finally {
            state.lock.unlock();
        }
    }

    private void reply(int type, int errno) {
        if (type == FrameType.ATTACH.number() && errno == EBUSY) {
            send(frame(FrameType.ATTACH, streams & ~PRIMARY)); // another one is waited for; this one looks on
        } else if (type == FrameType.ATTACH.number()) {
            state.attached = true;
            state.changed.signalAll();
        } else {
            words.reply(type, errno);
            bytes.reply(type, errno);
        }
    }

    private void end() {
        state.lock.lock();
        try {
            if (state.code.isEmpty() && !state.closed) {
                state.code = OptionalInt.of(LOST);
            }
            state.ended = true;
            state.changed.signalAll();
        } finally {
            state.lock.unlock();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // nothing more was to come from it
        }
    }

    /** Leaves the process alone. What was read before the end stays readable. A second time does nothing. */
    @Override
    public void close() {
        state.lock.lock();
        try {
            state.closed = true;
            state.changed.signalAll();
        } finally {
            state.lock.unlock();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // the other end sees that it is gone in any case
        }
    }
}
