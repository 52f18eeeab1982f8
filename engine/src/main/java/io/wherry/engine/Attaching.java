package io.wherry.engine;

import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.oci.WherryException;

/** Makes a command the client of a container that runs. Nothing about the container changes. */
final class Attaching {
    private final ContainerFiles files;
    private final CommandLauncher launcher;

    Attaching(ContainerFiles files, CommandLauncher launcher) {
        this.files = files;
        this.launcher = launcher;
    }

    /** For a command this is the end: the launcher takes over. */
    void attach(ContainerId id, Attachment how) {
        Container container = files.read(id);
        if (container.status() != Container.Status.RUNNING) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot attach to the container `" + container.name() + "`: it is "
                            + container.status().word() + ".",
                    hint(container.status()));
        }
        launcher.attach(
                files.volatileFolder(id).resolve("s").toAbsolutePath(), how.flags(container.spec()), how.detachKeys());
    }

    private static String hint(Container.Status status) {
        return switch (status) {
            case CREATED, EXITED -> "`wherry start -ai` starts a container and attaches to it.";
            case PAUSED -> "Resume it first, with `wherry unpause`.";
            case RESTARTING -> "Wait until it runs again.";
            case RUNNING, DAMAGED -> "";
        };
    }
}
