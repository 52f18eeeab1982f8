package io.wherry.engine;

/** Hears how a pull goes on; called by several threads. Sizes are bytes. */
public interface PullListener {
    /** Nobody listens. */
    PullListener NONE = (layer, state, done, total) -> {};

    /**
     * A layer moved on.
     *
     * @param layer its digest
     * @param state what happens to it
     * @param done bytes that have come
     * @param total bytes of the whole
     */
    void layer(String layer, State state, long done, long total);

    /** A mirror failed, and the next host was asked in its place; a sentence. */
    default void passedOver(String remark) {}

    /** What happens to a layer. */
    enum State {
        /** It was there already. */
        PRESENT,
        /** It is coming, and unpacked as it comes. */
        COMING,
        /** It is verified and unpacked. */
        UNPACKED
    }
}
