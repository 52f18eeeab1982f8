package io.wherry.kernel.step;

import io.wherry.kernel.program.Linux;

/**
 * A set of namespaces that a process gets of its own, or joins (namespaces(7)).
 *
 * @param flags the CLONE_NEW… bits
 */
public record Namespaces(long flags) {
    private static final long[] BITS = {
        Linux.CLONE_NEWUSER,
        Linux.CLONE_NEWNS,
        Linux.CLONE_NEWPID,
        Linux.CLONE_NEWNET,
        Linux.CLONE_NEWIPC,
        Linux.CLONE_NEWUTS,
        Linux.CLONE_NEWCGROUP,
        Linux.CLONE_NEWTIME
    };
    private static final String[] NAMES = {"user", "mount", "pid", "network", "ipc", "uts", "cgroup", "time"};

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < BITS.length; i++) {
            if ((flags & BITS[i]) != 0) {
                text.append(text.isEmpty() ? "" : ", ").append(NAMES[i]);
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
