package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.MNT_DETACH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Takes a mount away, in a mount namespace of this process's own.
 *
 * @param path absolute path on the host
 */
public record DetachMount(String path) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.UMOUNT2, out.string(path), MNT_DETACH);
    }

    @Override
    public String describe() {
        return "detach what is mounted at " + path;
    }
}
