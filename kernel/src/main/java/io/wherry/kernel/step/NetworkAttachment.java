package io.wherry.kernel.step;

/**
 * How a container gets onto a network, as steps: the data that passes from a network to a runtime, which know nothing else of each other.
 */
public interface NetworkAttachment {

    /** {@return whether the pilot has something to do, for which the first process must wait} */
    default boolean needsPilot() {
        return true;
    }

    /** Adds what the pilot does when the child's network namespace is there, on the host's side. */
    void pilot(Plan plan, int strand, Slot namespace);

    /** Adds what the first process does inside its namespace when the pilot is done. */
    void inside(Plan plan, int strand);

    /** Adds the clean-up by name. */
    void sweep(Plan plan, int strand);
}
