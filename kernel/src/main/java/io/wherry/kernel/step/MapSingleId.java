package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.O_CLOEXEC;
import static io.wherry.kernel.program.Linux.O_DIRECTORY;
import static io.wherry.kernel.program.Linux.O_PATH;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Maps one user and one group id into the child's user namespace. What needs no helper, and all an ordinary user can have without
 * subordinate ids (user_namespaces(7)).
 *
 * @param insideUid as the container sees it
 * @param outsideUid the caller's
 * @param insideGid as the container sees it
 * @param outsideGid the caller's
 */
public record MapSingleId(int insideUid, int outsideUid, int insideGid, int outsideGid) implements Step {
    @Override
    public void lower(Strand out) {
        int pid = out.data().block("/proc/\0\0\0\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.UTF_8));
        out.op(Op.PUTPID, pid + "/proc/".length(), 0);
        out.callTo(Slot.T0, Call.OPENAT, Strand.CWD, pid, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
        write(out, "setgroups", "deny");
        write(out, "uid_map", insideUid + " " + outsideUid + " 1\n");
        write(out, "gid_map", insideGid + " " + outsideGid + " 1\n");
    }

    @Override
    public String describe() {
        return "map user " + outsideUid + " to " + insideUid + " and group " + outsideGid + " to " + insideGid;
    }

    @Override
    public String why() {
        return "In a new user namespace no id means anything until it is mapped; a process may map its own id without any right.";
    }

    private static void write(Strand out, String file, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.op(Op.WRITE, Slot.T0, out.string(file), out.data().block(bytes), bytes.length, 0);
    }
}
