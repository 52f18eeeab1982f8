package io.wherry.engine;

/** Hears how a push goes on; called by several threads. Sizes are bytes. */
public interface PushListener {
    /** Nobody listens. */
    PushListener NONE = (layer, state, done, total) -> {};

    /**
     * A layer moved on.
     *
     * @param layer its digest
     * @param state what happens to it
     * @param done bytes that were sent
     * @param total bytes of the whole
     */
    void layer(String layer, State state, long done, long total);

    /** What happens to a layer. */
    enum State {
        /** The registry had it. */
        PRESENT,
        /** The registry had it in another repository. */
        MOUNTED,
        /** It is on its way. */
        GOING,
        /** The registry has it now. */
        SENT
    }
}
