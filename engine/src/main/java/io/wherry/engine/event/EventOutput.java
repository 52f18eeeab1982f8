package io.wherry.engine.event;

/** Takes events in the order of the journal. Called by one thread. */
@FunctionalInterface
public interface EventOutput {
    /** Takes an event. {@return whether more is wanted} */
    boolean event(Event event);
}
