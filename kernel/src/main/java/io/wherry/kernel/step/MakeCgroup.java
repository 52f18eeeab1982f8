package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes the container's control group in one hierarchy, and the folder of Wherry's above it.
 *
 * @param hierarchy absolute path of the hierarchy, or of the part of it that is ours
 * @param parent one name
 * @param name one name
 * @param folder filled
 */
public record MakeCgroup(String hierarchy, String parent, String name, Slot folder) implements Step {
    @Override
    public void lower(Strand out) {
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, out.string(hierarchy), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        out.call(Call.MKDIRAT, Slot.T0, out.string(parent), 0755).okIf(Errno.EEXIST);
        int path = out.string(parent + "/" + name);
        out.call(Call.MKDIRAT, Slot.T0, path, 0755).okIf(Errno.EEXIST);
        out.callTo(folder.number(), Call.OPENAT, Slot.T0, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    }

    @Override
    public String describe() {
        return "make the control group " + hierarchy + "/" + parent + "/" + name + " -> " + folder.name();
    }

    @Override
    public String why() {
        return "Limits, freezing, counting and killing all work on a group, so the container needs one of its own.";
    }
}
