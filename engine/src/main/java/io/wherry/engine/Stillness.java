package io.wherry.engine;

/** A time in which a container does not change. It ends when this is closed, or with this process, whatever ends that. */
interface Stillness extends AutoCloseable {
    /** Of a container that nobody changes anyway, or that cannot be kept from it. */
    Stillness NONE = () -> {};

    @Override
    void close();
}
