package io.wherry.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What may be asked of any process, be it a container's first one or one more: set fields, or call methods, which can be chained. Lists start empty and may be added to. Nothing is checked here. Not
 * safe for several threads.
 *
 * @param <B> the builder that methods return
 */
public abstract sealed class ProcessSpecBuilder<B extends ProcessSpecBuilder<B>>
        permits ContainerSpec.Builder, ExecSpec.Builder {
    /** The program and its arguments; of a container what stands behind the image. */
    public List<String> command = new ArrayList<>();

    /** `NAME=value`, on top of those that the image or the container has. */
    public List<String> env = new ArrayList<>();

    /** `user[:group]`, names or numbers. */
    public Optional<String> user = Optional.empty();

    /** Working folder, absolute. */
    public Optional<String> workdir = Optional.empty();

    /** A terminal instead of pipes. */
    public boolean terminal = false;

    /** Input is kept open. */
    public boolean interactive = false;

    /** Nobody waits for it. */
    public boolean detached = false;

    ProcessSpecBuilder() {}

    @SuppressWarnings("unchecked") // B is the class of this: both that are permitted say so
    private B self() {
        return (B) this;
    }

    /** The program and its arguments; of a container instead of those that its image says. {@return this} */
    public B command(String... words) {
        command = new ArrayList<>(List.of(words));
        return self();
    }

    /** One more variable, on top of those that the image or the container has. {@return this} */
    public B env(String variable, String value) {
        env.add(variable + "=" + value);
        return self();
    }

    /** {@code user[:group]}, names or numbers. {@return this} */
    public B user(String word) {
        user = Optional.of(word);
        return self();
    }

    /** Working folder, absolute. {@return this} */
    public B workdir(String folder) {
        workdir = Optional.of(folder);
        return self();
    }

    /** With an input that can be written to; else it is at its end from the beginning. {@return this} */
    public B interactive() {
        interactive = true;
        return self();
    }

    /** With a terminal instead of pipes. {@return this} */
    public B terminal() {
        terminal = true;
        return self();
    }

    /** Nobody is attached; a container's output goes to its log alone. {@return this} */
    public B detached() {
        detached = true;
        return self();
    }
}
