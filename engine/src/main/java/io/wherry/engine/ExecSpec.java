package io.wherry.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for: one more process in a container that runs. What is absent is as in the container. Immutable; made by a {@link Builder}, which does not check: the compilation does.
 *
 * @param command the program and its arguments; at least one
 * @param env `NAME=value`, on top of the container's
 * @param user `user[:group]`, names or numbers, as the container's files say now
 * @param workdir working folder, absolute
 * @param terminal a terminal instead of pipes
 * @param interactive input is kept open
 * @param detached nobody waits for it
 * @param privileged with all capabilities
 */
public record ExecSpec(
        List<String> command,
        List<String> env,
        Optional<String> user,
        Optional<String> workdir,
        boolean terminal,
        boolean interactive,
        boolean detached,
        boolean privileged) {

    /** Copies collections, so that an instance never changes. */
    public ExecSpec {
        command = List.copyOf(command);
        env = List.copyOf(env);
    }

    /** {@return what runs a command as the container runs its own} */
    public static ExecSpec of(String... command) {
        Builder builder = new Builder();
        builder.command.addAll(List.of(command));
        return builder.build();
    }

    /** Collects what was asked. */
    public static final class Builder {
        /** The program and its arguments. */
        public List<String> command = new ArrayList<>();

        /** `NAME=value`, on top of the container's. */
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

        /** With all capabilities. */
        public boolean privileged = false;

        /** Nothing is asked yet. */
        public Builder() {}

        /** The program and its arguments. {@return this} */
        public Builder command(String... words) {
            command = new ArrayList<>(List.of(words));
            return this;
        }

        /** One more variable, on top of the container's. {@return this} */
        public Builder env(String variable, String value) {
            env.add(variable + "=" + value);
            return this;
        }

        /** {@code user[:group]}, names or numbers. {@return this} */
        public Builder user(String word) {
            user = Optional.of(word);
            return this;
        }

        /** Working folder, absolute. {@return this} */
        public Builder workdir(String folder) {
            workdir = Optional.of(folder);
            return this;
        }

        /** With an input that can be written to. {@return this} */
        public Builder interactive() {
            interactive = true;
            return this;
        }

        /** {@return the specification} */
        public ExecSpec build() {
            return new ExecSpec(command, env, user, workdir, terminal, interactive, detached, privileged);
        }
    }
}
