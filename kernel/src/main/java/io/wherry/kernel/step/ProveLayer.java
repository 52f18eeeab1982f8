package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_CREAT;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_NOFOLLOW;
import static io.wherry.kernel.program.Linux.O_RDONLY;
import static io.wherry.kernel.program.Linux.O_WRONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Notes durably that a layer survived: its filesystem was synced after it was written. A layer that is gone meanwhile is passed over.
 *
 * @param layers the folder of layers
 * @param layer name of the layer's folder
 * @param file name of the note
 */
public record ProveLayer(Slot layers, String layer, String file) implements Step {
    @Override
    public void lower(Strand out) {
        int gone = out.callTo(
                        Slot.T0,
                        Call.OPENAT,
                        layers.number(),
                        out.string(layer),
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                        0)
                .skipOn(Errno.ENOENT);
        out.callTo(Slot.T1, Call.OPENAT, Slot.T0, out.string(file), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        out.call(Call.FSYNC, Slot.T1);
        out.call(Call.FSYNC, Slot.T0);
        out.land(gone);
    }

    @Override
    public String describe() {
        return "note that the layer " + layer + " is on the disk";
    }

    @Override
    public String why() {
        return "After a loss of power, only a layer with this note is taken for whole.";
    }
}
