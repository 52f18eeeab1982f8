package io.wherry.engine;

/** Hears of a container when all of it is on disk and before it starts. */
@FunctionalInterface
public interface CreationListener {
    /** Listens to nothing. */
    CreationListener NONE = id -> {};

    /** Told once. What it throws ends the start; the container stays, created. */
    void created(ContainerId id);
}
