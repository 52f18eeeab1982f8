package io.wherry.engine;

import java.nio.file.Path;

/**
 * What a container's folder had in it at one moment: one question where each file would be one. A container without an intent has no monitor and left nothing over: the intent is there
 * before a start's first kernel object and goes behind the last.
 *
 * @param folder the folder
 * @param untold whether its creation is not in the journal
 * @param intent whether something may be left of a start
 * @param ended whether its last end is recorded
 * @param temporary the marker of a container of `run --rm`; empty if there is none
 */
record FolderLook(Path folder, boolean untold, boolean intent, boolean ended, String temporary) {
    /** What the marker's name begins with; behind it is the boot in which the container was made. */
    static final String TEMPORARY = "temporary-";

    private static final String[] NONE = {};

    /** {@return what is there now; of a folder that is gone nothing} */
    static FolderLook at(Path folder) {
        boolean untold = false;
        boolean intent = false;
        boolean ended = false;
        String temporary = "";
        String[] entries = folder.toFile().list();
        for (String entry : entries == null ? NONE : entries) {
            untold |= entry.equals(ContainerEvents.UNTOLD);
            intent |= entry.equals(ContainerFiles.INTENT);
            ended |= entry.equals(ContainerFiles.EXIT);
            temporary = entry.startsWith(TEMPORARY) ? entry : temporary;
        }
        return new FolderLook(folder, untold, intent, ended, temporary);
    }
}
