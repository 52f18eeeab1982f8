package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.FSCONFIG_CMD_CREATE;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_FLAG;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_STRING;
import static io.wherry.kernel.program.Linux.FSMOUNT_CLOEXEC;
import static io.wherry.kernel.program.Linux.FSOPEN_CLOEXEC;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Makes the overlay of the image's layers and the container's own writable layer, not attached anywhere yet.
 * Layers are given one by one, so that neither their number nor their names meet the limit of 255 bytes for an option.
 *
 * @param lowers absolute, topmost first
 * @param upper absolute
 * @param work absolute, on the same filesystem
 * @param flags options without a value: {@code volatile}, {@code userxattr}
 * @param oneByOne whether the kernel knows {@code lowerdir+} (Linux 6.5)
 * @param mount filled
 */
public record MountOverlay(
        List<String> lowers, String upper, String work, List<String> flags, boolean oneByOne, Slot mount)
        implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.FSOPEN, out.string("overlay"), FSOPEN_CLOEXEC);
        if (oneByOne) {
            for (String lower : lowers) {
                set(out, "lowerdir+", lower);
            }
        } else {
            set(out, "lowerdir", String.join(":", lowers));
        }
        set(out, "upperdir", upper);
        set(out, "workdir", work);
        for (String flag : flags) {
            out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_SET_FLAG, out.string(flag), 0, 0);
        }
        out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_CMD_CREATE, 0, 0, 0);
        out.callTo(mount.number(), Call.FSMOUNT, Slot.T0, FSMOUNT_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "overlay of " + lowers.size() + " layers, writes to " + upper + " -> " + mount.name();
    }

    private static void set(Strand out, String key, String value) {
        out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_SET_STRING, out.string(key), out.string(value), 0);
    }
}
