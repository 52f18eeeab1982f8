package io.wherry.engine;

import io.wherry.kernel.launch.Failure;
import java.nio.file.Files;

/** What follows when the launcher's start of a container failed: the report, while its files are still there; then everything is cleaned up. */
final class FailedStart {
    private final ContainerFiles files;
    private final ContainerStart start;
    private final Healing healing;
    private final ContainerRemoval removal;

    FailedStart(ContainerFiles files, ContainerStart start, Healing healing, ContainerRemoval removal) {
        this.files = files;
        this.start = start;
        this.healing = healing;
        this.removal = removal;
    }

    /** {@return what to say about it; a container that was to be removed is gone afterwards} */
    FailureReport report(ContainerId id, Failure failure) {
        ContainerRecord record = files.record(id);
        FailureReport report = start.report(record, files.program(id), failure);
        removal.waitUntilUnattended(id); // the pilot has said its last word and may still be ending
        healing.heal(id);
        if (record.spec().remove() && Files.exists(files.folder(id))) {
            removal.remove(id, false);
        }
        return report;
    }
}
