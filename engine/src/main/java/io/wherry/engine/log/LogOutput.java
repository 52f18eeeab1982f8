package io.wherry.engine.log;

/** Takes what a log holds, in large pieces that end where a record ends. Called by one thread. */
@FunctionalInterface
public interface LogOutput {
    /**
     * Takes a piece.
     *
     * @param error whether the container wrote it to its error output
     * @param bytes the buffer, which is used again afterwards
     * @param length how many of them, from the first
     * @return whether more is wanted
     */
    boolean write(boolean error, byte[] bytes, int length);
}
