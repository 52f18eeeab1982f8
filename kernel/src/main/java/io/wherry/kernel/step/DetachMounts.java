package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MNT_DETACH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Takes a mount and all below it away, in a mount namespace of this process's own; nothing if nothing is mounted there, or it is locked (mount_namespaces(7)).
 *
 * @param path absolute path on the host
 */
public record DetachMounts(String path) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UMOUNT2, out.string(path), MNT_DETACH).okIf(Errno.EINVAL, Errno.ENOENT);
    }

    @Override
    public String describe() {
        return "detach what is mounted at " + path;
    }

    @Override
    public String why() {
        return "The tool would make groups of its own wherever it sees a hierarchy, and leave them behind; the container is in Wherry's.";
    }
}
