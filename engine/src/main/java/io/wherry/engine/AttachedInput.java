package io.wherry.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What is written to an attached process, in pieces that its monitor answers. Not safe for several threads. */
final class AttachedInput extends OutputStream {
    private static final int PIECE = 32 << 10;

    private final AttachedProcess process;
    private boolean over;

    AttachedInput(AttachedProcess process) {
        this.process = process;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        for (int done = 0; done < length; done += PIECE) {
            piece(from, offset + done, Math.min(PIECE, length - done));
        }
    }

    private void piece(byte[] from, int offset, int length) throws IOException {
        if (over) {
            throw new IOException("this stream was closed");
        }
        process.give(from, offset, length);
    }

    @Override
    public void close() {
        if (!over) {
            over = true;
            process.endInput();
        }
    }
}
