package io.wherry.kernel.launch;

import io.wherry.kernel.program.KernelProgram;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Runs programs. Implementations are safe for several threads.
 *
 * <p>{@link #launch} and {@link #leave} are final for a command: behind them the JVM is ended by its parent, whatever other threads do.
 */
public interface Launcher {
    /** Flag of {@link #launch}: nobody stays attached; the container's id is printed. */
    int DETACHED = 1;
    /** Flag: the caller's input is forwarded. */
    int INTERACTIVE = 2;
    /** Flag: the caller's terminal is put into raw mode. */
    int TERMINAL = 4;
    /** Flag: nothing but the output is printed, not even the id of what is detached. */
    int QUIET = 16;

    /**
     * Hands a container's program over. Does not return.
     *
     * @param id the container's full id, for the failure report
     * @param flags {@link #DETACHED}, {@link #INTERACTIVE}, {@link #TERMINAL}
     */
    void launch(KernelProgram program, String id, int flags);

    /** Ends the command with an exit code, 0 to 255. Does not return. */
    void leave(int code);

    /**
     * Runs one strand of a program to its end and waits.
     *
     * @param strand 0, or 7 for the sweep
     */
    TaskResult task(KernelProgram program, int strand);

    /** Runs a program and does not wait: it goes on when this command has ended. Nobody hears how it ends. */
    void detach(KernelProgram program);

    /** Starts a program that ends in TREES. At most four at once; a fifth caller waits. */
    TreeTask tree(KernelProgram program);

    /** A running tree task. To be closed, also after a failure. */
    interface TreeTask extends AutoCloseable {
        /** {@return where the stream is written; unbuffered} */
        OutputStream operations();

        /** {@return where replies are read} */
        InputStream replies();

        /** Waits for the end and returns how it ended. */
        TaskResult result();

        @Override
        void close();
    }
}
