package io.wherry.kernel.launch;

import io.wherry.kernel.program.KernelProgram;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Runs programs to their end. Implementations are safe for several threads.
 *
 * <p>A thread that is interrupted while it waits gets a {@link io.wherry.oci.WherryException} of kind INTERRUPTED, and its program goes on, unless that is a tree's.
 */
public interface Launcher {
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
