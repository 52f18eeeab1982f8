package io.wherry.engine.log;

/** Tells who follows a log whether more can come. */
@FunctionalInterface
public interface LogLife {
    /** {@return whether the container has ended and its log is complete} */
    boolean over();
}
