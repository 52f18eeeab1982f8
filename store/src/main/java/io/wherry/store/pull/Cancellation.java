package io.wherry.store.pull;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/** Ends a pull: each layer notices at its next read. */
public final class Cancellation {
    private volatile boolean cancelled;

    /** Begins not cancelled. */
    public Cancellation() {}

    /** Ends the pull; may be called by any thread, any number of times. */
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    InputStream watch(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                check();
                return in.read();
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                check();
                return in.read(to, offset, length);
            }
        };
    }

    private void check() throws InterruptedIOException {
        if (cancelled) {
            throw new InterruptedIOException("the pull was ended");
        }
    }
}
