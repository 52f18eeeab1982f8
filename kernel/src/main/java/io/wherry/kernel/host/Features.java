package io.wherry.kernel.host;

/**
 * What this kernel can do for this caller, as it answered when it was asked. What is newer than Linux 5.15 has an older way behind it.
 *
 * @param overlay whether it has the overlay filesystem
 * @param seccomp whether it has filters of system calls
 * @param overlayOneByOne whether overlay layers can be given one by one (Linux 6.7)
 * @param networkNamespaceByPidfd whether a pidfd gives out its network namespace (Linux 6.11)
 * @param devicePrograms whether version 2 control groups take device rules from this caller
 */
public record Features(
        boolean overlay,
        boolean seccomp,
        boolean overlayOneByOne,
        boolean networkNamespaceByPidfd,
        boolean devicePrograms) {}
