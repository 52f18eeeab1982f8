package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.FSCONFIG_CMD_CREATE;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_FLAG;
import static io.wherry.kernel.program.Linux.FSCONFIG_SET_STRING;
import static io.wherry.kernel.program.Linux.FSMOUNT_CLOEXEC;
import static io.wherry.kernel.program.Linux.FSOPEN_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the overlay of the image's layers and the container's own writable layer, not attached anywhere yet.
 * Layers are given one by one, so that neither their number nor their names meet the limit of 255 bytes for an option. Where the kernel cannot do that, they are
 * opened, and given together as names in {@code /proc/self/fd}, which are short: so about 80 of them fit.
 *
 * @param lowers absolute, topmost first
 * @param upper absolute; empty: nothing can be written, and there are two layers at least
 * @param work absolute, on the same filesystem; empty without {@code upper}
 * @param flags options without a value: {@code volatile}, {@code userxattr}
 * @param opened for each layer a slot for its folder; empty where the kernel knows {@code lowerdir+} (Linux 6.5)
 * @param mount filled
 */
public record MountOverlay(
        List<String> lowers, String upper, String work, List<String> flags, List<Slot> opened, Slot mount)
        implements Step {
    public MountOverlay {
        lowers = List.copyOf(lowers);
        flags = List.copyOf(flags);
        opened = List.copyOf(opened);
    }

    /** {@return slots for the folders of layers, for {@code opened}} */
    public static List<Slot> slots(Plan plan, int layers, boolean oneByOne) {
        List<Slot> slots = new ArrayList<>();
        for (int i = 0; i < layers && !oneByOne; i++) {
            slots.add(plan.slot("layer"));
        }
        return slots;
    }

    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.FSOPEN, out.string("overlay"), FSOPEN_CLOEXEC);
        if (opened.isEmpty()) {
            for (String lower : lowers) {
                set(out, "lowerdir+", lower);
            }
        } else {
            open(out);
        }
        if (!upper.isEmpty()) {
            set(out, "upperdir", upper);
            set(out, "workdir", work);
        }
        for (String flag : flags) {
            out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_SET_FLAG, out.string(flag), 0, 0);
        }
        out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_CMD_CREATE, 0, 0, 0);
        out.callTo(mount.number(), Call.FSMOUNT, Slot.T0, FSMOUNT_CLOEXEC, 0);
        if (!opened.isEmpty()) {
            out.call(Call.CHDIR, out.string("/"));
            for (Slot folder : opened) {
                out.call(Call.CLOSE, folder.number());
            }
        }
    }

    private void open(Strand out) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < lowers.size(); i++) {
            int number = opened.get(i).number();
            out.callTo(number, Call.OPENAT, Strand.CWD, out.string(lowers.get(i)), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
            names.append(i == 0 ? "" : ":").append(number);
        }
        out.call(Call.CHDIR, out.string("/proc/self/fd"));
        set(out, "lowerdir", names.toString());
    }

    @Override
    public String describe() {
        return "overlay of " + lowers.size() + " layers, " + (upper.isEmpty() ? "read-only" : "writes to " + upper)
                + " -> " + mount.name();
    }

    @Override
    public String why() {
        return "The container gets its own view of the files: what it changes is kept apart, and the layers below stay as they are.";
    }

    private static void set(Strand out, String key, String value) {
        out.call(Call.FSCONFIG, Slot.T0, FSCONFIG_SET_STRING, out.string(key), out.string(value), 0);
    }
}
