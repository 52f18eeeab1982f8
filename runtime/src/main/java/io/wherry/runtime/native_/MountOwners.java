package io.wherry.runtime.native_;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.IdRange;
import io.wherry.kernel.step.MakeIdMapping;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.oci.IdMapping;
import io.wherry.oci.Mount;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;

/**
 * The mapping of owners that mounts of a container have (OCI runtime-spec, config "Mounts", uidMappings and gidMappings): a user namespace that a child is born into, for as long as it takes to map and
 * open it.
 */
final class MountOwners {
    private static final int CHILD = 2;

    private MountOwners() {}

    /**
     * Makes it.
     *
     * @return the namespace; none if no mount has other owners
     * @throws WherryException of kind UNSUPPORTED if two mounts want different ones
     */
    static Slot prepare(Plan plan, RuntimeConfig config) {
        Mount first = null;
        for (Mount mount : config.mounts()) {
            if (mount.uidMappings().isEmpty()) {
                continue;
            }
            if (first != null
                    && !(first.uidMappings().equals(mount.uidMappings())
                            && first.gidMappings().equals(mount.gidMappings()))) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "The mounts at " + first.destination() + " and " + mount.destination()
                                + " map owners differently; all of one container must do so alike.");
            }
            first = mount;
        }
        return first == null ? Slot.NONE : make(plan, first);
    }

    private static Slot make(Plan plan, Mount mount) {
        Slot[] sockets = plan.pair("born for a mapping", "pilot, for a mapping");
        Slot process = plan.slot("who is born for a mapping");
        Slot namespace = plan.slot("owners of mounts");
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        plan.add(
                PILOT,
                new StartProcess(
                        new Namespaces(Linux.CLONE_NEWUSER), CHILD, Slot.NONE, sockets[0], sockets[1], process));
        plan.add(PILOT, new MakeIdMapping(ranges(mount.uidMappings()), ranges(mount.gidMappings()), namespace));
        plan.add(PILOT, new SendMark(sockets[0], Mark.MAPPED, Slot.NONE));
        plan.add(PILOT, new AwaitExit(process));
        plan.add(CHILD, new DieWithParent());
        plan.add(CHILD, new AwaitMark(sockets[1], Mark.MAPPED, Slot.NONE, false));
        return namespace;
    }

    private static List<IdRange> ranges(List<IdMapping> mappings) {
        List<IdRange> ranges = new ArrayList<>();
        for (IdMapping mapping : mappings) {
            ranges.add(new IdRange(mapping.containerId(), mapping.hostId(), mapping.size()));
        }
        return ranges;
    }
}
