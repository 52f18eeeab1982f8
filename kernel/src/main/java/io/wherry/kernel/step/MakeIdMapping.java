package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;
import static io.wherry.kernel.program.Linux.O_RDONLY;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Maps ids into the user namespace of the child that was started last, and opens that namespace: a mapping for mounts, in which nobody lives. Needs root.
 *
 * @param uids users
 * @param gids groups
 * @param namespace filled
 */
public record MakeIdMapping(List<IdRange> uids, List<IdRange> gids, Slot namespace) implements Step {
    @Override
    public void lower(Strand out) {
        int pid = out.data().block("/proc/\0\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.UTF_8));
        out.op(Op.PUTPID, pid + "/proc/".length(), 0);
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, pid, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        write(out, "uid_map", uids);
        write(out, "gid_map", gids);
        out.callTo(namespace.number(), Call.OPENAT, Slot.T0, out.string("ns/user"), O_RDONLY | O_CLOEXEC, 0);
    }

    private static void write(Strand out, String file, List<IdRange> ranges) {
        StringBuilder text = new StringBuilder();
        for (IdRange range : ranges) {
            text.append(range.inside())
                    .append(' ')
                    .append(range.outside())
                    .append(' ')
                    .append(range.count())
                    .append('\n');
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        out.op(Op.WRITE, Slot.T0, out.string(file), out.data().block(bytes), bytes.length, 0);
    }

    @Override
    public String describe() {
        return "map users " + IdRange.text(uids) + " and groups " + IdRange.text(gids) + " -> " + namespace.name();
    }

    @Override
    public String why() {
        return "The kernel takes a mapping of owners for a mount from a user namespace, and from nothing else.";
    }
}
