package io.wherry.kernel.host;

import io.wherry.kernel.step.IdRange;
import java.util.List;

/**
 * With which rights the caller came. Chosen once, by {@link HostProbe}; compilers ask it instead of comparing user ids.
 *
 * <p>System root is effective user id 0 in a user namespace that maps every id to itself; any other 0 is an ordinary user.
 */
public sealed interface Privilege {

    /** {@return the caller's effective user id, in the caller's namespace} */
    int uid();

    /** {@return the caller's effective group id} */
    int gid();

    /** System root: no user namespace is needed. */
    record Root() implements Privilege {
        @Override
        public int uid() {
            return 0;
        }

        @Override
        public int gid() {
            return 0;
        }
    }

    /**
     * A user with subordinate ids, which newuidmap(1) maps.
     *
     * @param uid the caller
     * @param gid the caller's group
     * @param uids how user ids are mapped: the caller is 0, the subordinate ones follow
     * @param gids how group ids are mapped
     * @param newuidmap absolute path of the helper
     * @param newgidmap absolute path of the helper
     */
    record Ranges(int uid, int gid, List<IdRange> uids, List<IdRange> gids, String newuidmap, String newgidmap)
            implements Privilege {
        public Ranges {
            uids = List.copyOf(uids);
            gids = List.copyOf(gids);
        }
    }

    /**
     * A user with one id: the container's root is the caller and there is nobody else.
     *
     * @param uid the caller
     * @param gid the caller's group
     * @param reason why there are no more, with the remedy
     */
    record Single(int uid, int gid, String reason) implements Privilege {}
}
