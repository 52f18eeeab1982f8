package io.wherry.engine;

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
        return new Builder().command(command).build();
    }

    /** Collects what was asked. */
    public static final class Builder extends ProcessSpecBuilder<Builder> {
        /** With all capabilities. */
        public boolean privileged = false;

        /** Nothing is asked yet. */
        public Builder() {}

        /** {@return the specification} */
        public ExecSpec build() {
            return new ExecSpec(command, env, user, workdir, terminal, interactive, detached, privileged);
        }
    }
}
