package io.wherry.kernel.step;

import static io.wherry.kernel.program.Linux.PR_SET_KEEPCAPS;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Becomes the container's user. Supplementary groups are always set, with the primary one among them; capabilities survive until the next
 * step sets them.
 *
 * @param uid inside
 * @param gid inside
 * @param groups all supplementary groups
 * @param setGroups false where the user namespace denies it
 */
public record SetIds(int uid, int gid, List<Integer> groups, boolean setGroups) implements Step {
    @Override
    public void lower(Strand out) {
        if (setGroups) {
            ByteBuffer list = ByteBuffer.allocate(4 * groups.size()).order(ByteOrder.LITTLE_ENDIAN);
            for (int group : groups) {
                list.putInt(group);
            }
            out.call(
                    Call.SETGROUPS,
                    groups.size(),
                    groups.isEmpty() ? 0 : out.data().block(list.array()));
        }
        out.call(Call.PRCTL, PR_SET_KEEPCAPS, 1, 0, 0, 0);
        out.call(Call.SETRESGID, gid, gid, gid);
        out.call(Call.SETRESUID, uid, uid, uid);
    }

    @Override
    public String describe() {
        return "become user " + uid + ", group " + gid + (groups.isEmpty() ? "" : ", groups " + groups);
    }

    @Override
    public String why() {
        return "From here on files are made and judged as this user's; which rights are left, its capabilities say.";
    }
}
