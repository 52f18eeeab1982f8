package io.wherry.runtime.native_;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.FollowDevices;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.ContainerRuntime;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.Placement;
import io.wherry.runtime.pilot.JoiningExec;
import io.wherry.runtime.pilot.OwnNamespaces;
import io.wherry.runtime.pilot.PilotStrand;
import io.wherry.runtime.pilot.Streams;
import java.util.Optional;

/** Containers by the kernel's own means. {@link FirstProcess} has what happens inside. */
public final class NativeRuntime implements ContainerRuntime {
    /** The runtime; it has no state. */
    public static final NativeRuntime INSTANCE = new NativeRuntime();

    private NativeRuntime() {}

    @Override
    public Plan compile(
            RuntimeConfig config,
            Rootfs rootfs,
            Placement place,
            Optional<NetworkAttachment> network,
            HostFacts facts) {
        PilotStrand pilot = new PilotStrand(config, place, network, facts);
        Plan plan = pilot.plan();
        pilot.open();
        Streams streams = Streams.of(plan, config.process().terminal(), place.input());
        Slot owners = MountOwners.prepare(plan, config);
        Slot[] sockets = plan.pair("first process", "pilot");
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        FirstProcess inside = new FirstProcess(
                plan,
                config,
                rootfs,
                facts,
                pilot.cgroups(),
                streams,
                sockets[1],
                pilot.connects(),
                pilot.hiddenFromBirth(),
                place.remove() ? Slot.NONE : pilot.folder(),
                owners);
        Slot process = plan.slot("process");
        plan.add(
                PILOT,
                new StartProcess(
                        namespaces(config), INSIDE, pilot.cgroups().startIn(), sockets[0], sockets[1], process));
        streams.leave(plan);
        pilot.map(sockets[0]);
        pilot.cgroups().makeOthers(plan);
        pilot.connect(process, sockets[0]);
        boolean follows = !place.devices().isEmpty();
        if (follows) {
            follow(pilot, place, sockets[0], facts);
        }
        pilot.release(sockets[0]);
        inside.start(network, follows);
        if (facts.root() && !follows) {
            keepRoot(plan, sockets[0]);
        }
        if (streams.terminal()) {
            plan.add(PILOT, new AwaitMark(sockets[0], Mark.TERMINAL, streams.monitorOut(), false));
        }
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.EXECUTING, Slot.NONE, true));
        pilot.close(process, Slot.NONE, streams);
        return plan;
    }

    /** The last unmount syncs; with a descriptor here it comes behind the report of the exit. */
    private static void keepRoot(Plan plan, Slot socket) {
        plan.add(PILOT, new AwaitMark(socket, Mark.ROOT, plan.slot("rootfs, kept"), false));
    }

    /** Before the process goes on, so that it finds what is there now. */
    private static void follow(PilotStrand pilot, Placement place, Slot socket, HostFacts facts) {
        Plan plan = pilot.plan();
        if (!facts.root()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "An ordinary user's container cannot be given devices that come and go: the kernel lets nobody but root make them.",
                    "`wherry dev` has all devices of the host, with the permissions that you have; or name one that is there now by its path.");
        }
        keepRoot(plan, socket);
        Slot devices = plan.slot("container's /dev");
        plan.add(PILOT, new AwaitMark(socket, Mark.DEVICES, devices, false));
        plan.add(PILOT, new FollowDevices(devices, pilot.cgroups().changingDevices(), place.devices()));
    }

    /** The one of control groups is made inside, behind the attach, which decides what its root is. */
    private static Namespaces namespaces(RuntimeConfig config) {
        return new Namespaces(OwnNamespaces.flags(config) & ~Linux.CLONE_NEWCGROUP);
    }

    @Override
    public Plan exec(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return JoiningExec.compile(config, place, facts);
    }
}
