package io.wherry.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A container as it is found: what was asked and what is known of its life. A snapshot; asking again may give another.
 *
 * @param id the id, 64 hexadecimal digits
 * @param name the name
 * @param created when, as an instant of ISO 8601
 * @param status what it does
 * @param pid its first process while it runs
 * @param exitCode how it ended
 * @param outOfMemory whether the kernel killed some of it for lack of memory
 * @param restarts how often its monitor has started it again since somebody started it
 * @param stopped whether somebody ended it, so that it stays down where its policy says so
 * @param reason why it ended, where the exit code does not tell: {@code monitor lost}
 * @param started when it started, in seconds since 1970
 * @param finished when it ended, in seconds since 1970
 * @param imageId digest of its image's configuration
 * @param driver what keeps its root
 * @param command what it runs: entry point and arguments, the image's where the user named none
 * @param labels the image's and the user's
 * @param damage what is wrong with its files; then nothing else but the id is sure
 * @param health how its checks went, while it runs and has any
 * @param spec what was asked
 */
public record Container(
        String id,
        String name,
        String created,
        Status status,
        OptionalLong pid,
        OptionalInt exitCode,
        boolean outOfMemory,
        int restarts,
        boolean stopped,
        Optional<String> reason,
        OptionalLong started,
        OptionalLong finished,
        Optional<String> imageId,
        String driver,
        List<String> command,
        Map<String, String> labels,
        Optional<String> damage,
        Optional<Health> health,
        ContainerSpec spec) {

    /** What a container does. */
    public enum Status {
        /** It has not run. */
        CREATED,
        /** Its monitor is alive. */
        RUNNING,
        /** Its processes are frozen. */
        PAUSED,
        /** It has ended, and its monitor waits a moment before it starts it again. */
        RESTARTING,
        /** It has ended. */
        EXITED,
        /** Its files are damaged; it can only be removed. */
        DAMAGED;

        /** {@return whether a monitor attends it: it runs, is frozen, or is about to be started again} */
        public boolean isAttended() {
            return this == RUNNING || this == PAUSED || this == RESTARTING;
        }

        /** {@return the word that users see} */
        public String word() {
            return switch (this) {
                case CREATED -> "created";
                case RUNNING -> "running";
                case PAUSED -> "paused";
                case RESTARTING -> "restarting";
                case EXITED -> "exited";
                case DAMAGED -> "damaged";
            };
        }
    }
}
