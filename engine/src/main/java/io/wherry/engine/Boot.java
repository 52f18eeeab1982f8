package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;

/** Starts what should run after a reboot: what had been started before it and whose restart policy says so. Run again it finds nothing to do. */
final class Boot {
    private final ContainerFiles files;
    private final ContainerStart start;
    private final String bootId;

    Boot(ContainerFiles files, ContainerStart start, String bootId) {
        this.files = files;
        this.start = start;
        this.bootId = bootId;
    }

    /** {@return what came of each container that was to be started, in the order of their creation} */
    List<Engine.Booted> run(List<Container> containers) {
        List<Engine.Booted> booted = new ArrayList<>();
        for (int i = containers.size() - 1; i >= 0; i--) {
            Container container = containers.get(i);
            if (!wanted(container)) {
                continue;
            }
            try {
                start.start(new ContainerId(container.id()));
                booted.add(new Engine.Booted(container.name(), ""));
            } catch (WherryException e) {
                booted.add(new Engine.Booted(container.name(), String.valueOf(e.getMessage())));
            }
        }
        return booted;
    }

    private boolean wanted(Container container) {
        RestartPolicy policy = container.spec().restart().orElse(RestartPolicy.NO);
        boolean says = switch (policy.kind()) {
            case NO -> false;
            case ON_FAILURE -> container.exitCode().orElse(0) != 0;
            case ALWAYS -> true;
            case UNLESS_STOPPED -> !container.stopped();
        };
        return says
                && container.status() == Container.Status.EXITED
                && !endedInThisBoot(new ContainerId(container.id()));
    }

    private boolean endedInThisBoot(ContainerId id) {
        byte[] exit = StateFile.read(files.folder(id).resolve("exit")).orElse(new byte[0]);
        return KeyValues.parse(exit).text("boot").equals(bootId);
    }
}
