package io.wherry.kernel.tree;

import java.io.InputStream;
import java.io.OutputStream;

/** A pilot that serves a tree stream on its root. For one thread. */
public interface TreeSession extends AutoCloseable {
    /** {@return where operations go, unbuffered: the write end of a pipe; a write fails when the pilot is gone} */
    OutputStream operations();

    /** {@return where replies come from; at its end when the pilot is gone} */
    InputStream replies();

    /** Closes both and returns when the pilot has ended, which it does by itself when its stream ends. Idempotent. */
    @Override
    void close();
}
