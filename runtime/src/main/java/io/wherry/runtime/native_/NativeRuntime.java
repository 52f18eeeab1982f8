package io.wherry.runtime.native_;

import static io.wherry.kernel.program.Assembler.BETWEEN;
import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;
import static io.wherry.kernel.program.Assembler.REMOVAL;
import static io.wherry.kernel.program.Assembler.SWEEP;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.BecomeMonitor;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.LockFile;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.MapIdRanges;
import io.wherry.kernel.step.MapSingleId;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.MonitorBlock;
import io.wherry.kernel.step.MonitorHealth;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenNetworkNamespace;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RecordStarted;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.RemoveFile;
import io.wherry.kernel.step.RemoveTree;
import io.wherry.kernel.step.RenameEntry;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.kernel.step.WriteIntent;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.Placement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Compiles a container to the steps of its start, its removal and its sweep. A pure function of its inputs: {@code explain} and {@code run} get the same plan.
 *
 * <p>This class has the pilot's side; {@link FirstProcess} has what happens inside.
 */
public final class NativeRuntime {
    private final RuntimeConfig config;
    private final Rootfs rootfs;
    private final Placement place;
    private final Optional<NetworkAttachment> network;
    private final HostFacts facts;
    private final Cgroups cgroups;
    private final Plan plan = new Plan();

    private NativeRuntime(
            RuntimeConfig config,
            Rootfs rootfs,
            Placement place,
            Optional<NetworkAttachment> network,
            HostFacts facts) {
        this.config = config;
        this.rootfs = rootfs;
        this.place = place;
        this.network = network;
        this.facts = facts;
        this.cgroups = Cgroups.of(facts, place.id(), config.linux().resources());
    }

    /**
     * {@return the plan of a container}
     *
     * @param network how it gets onto a network; absent for none and for the host's
     * @throws WherryException of kind UNSUPPORTED or INVALID if the host cannot do what is asked, or nobody can
     */
    public static Plan compile(
            RuntimeConfig config,
            Rootfs rootfs,
            Placement place,
            Optional<NetworkAttachment> network,
            HostFacts facts) {
        return new NativeRuntime(config, rootfs, place, network, facts).compile();
    }

    private Plan compile() {
        Slot lock = plan.slot("lock");
        Slot folder = plan.slot("container's folder");
        if (hiddenFromBirth()) {
            plan.add(PILOT, new SetDumpable(false));
        }
        plan.add(PILOT, new LockFile(place.lock(), lock));
        plan.add(PILOT, new OpenFolder(place.containers() + "/" + place.id(), folder));
        plan.add(PILOT, new WriteIntent(folder, lines("boot", place.bootId())));
        Slot running = plan.slot("running");
        Slot volatileFolder = plan.slot("volatile folder");
        Slot listener = plan.slot("socket");
        Slot events = plan.slot("events");
        plan.add(PILOT, new OpenFolder(place.running(), running));
        plan.add(PILOT, new MakeFolder(running, place.shortId(), 0700, volatileFolder));
        plan.add(PILOT, new ListenAt(volatileFolder, "s", listener));
        plan.add(PILOT, new OpenFolder(place.events(), events));
        int again = place.remove()
                ? 0
                : plan.steps(PILOT).size(); // what is before that stays for all starts of one monitor
        if (!hiddenFromBirth()) {
            plan.add(PILOT, new SetDumpable(true)); // a start before this one hid it
        }
        cgroups.make(plan);
        Streams streams = Streams.of(plan, config.process().terminal(), place.input());
        Slot[] sockets = plan.pair("first process", "pilot");
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));

        FirstProcess inside = new FirstProcess(
                plan,
                config,
                rootfs,
                facts,
                cgroups,
                streams,
                sockets[1],
                network.isPresent() && network.get().needsPilot(),
                hiddenFromBirth(),
                place.remove() ? Slot.NONE : folder);
        Slot process = plan.slot("process");
        plan.add(PILOT, new StartProcess(namespaces(), INSIDE, cgroups.startIn(), sockets[0], sockets[1], process));
        streams.leave(plan);
        map(sockets[0]);
        cgroups.makeOthers(plan);
        if (network.isPresent() && network.get().needsPilot()) {
            Slot namespace = plan.slot("network namespace");
            plan.add(PILOT, new OpenNetworkNamespace(process, facts.features().networkNamespaceByPidfd(), namespace));
            network.get().pilot(plan, PILOT, namespace);
            plan.add(PILOT, new SendMark(sockets[0], Mark.NETWORK, Slot.NONE));
        }
        if (!hiddenFromBirth()) {
            plan.add(PILOT, new SetDumpable(false));
        }
        plan.add(PILOT, new SendMark(sockets[0], Mark.GO, Slot.NONE));
        inside.start(network);
        if (facts.root()) {
            // The last unmount syncs; with a descriptor here it comes behind the report of the exit.
            plan.add(PILOT, new AwaitMark(sockets[0], Mark.ROOT, plan.slot("rootfs, kept"), false));
        }
        if (streams.terminal()) {
            plan.add(PILOT, new AwaitMark(sockets[0], Mark.TERMINAL, streams.monitorOut(), false));
        }
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.EXECUTING, Slot.NONE, true));
        if (!place.remove()) {
            plan.add(PILOT, new RemoveFile(folder, "exit")); // how it ended the last time
        }
        plan.add(PILOT, new RecordStarted(volatileFolder, "started", lines("boot", place.bootId())));
        plan.add(
                PILOT,
                new BecomeMonitor(process, block(streams, process, folder, volatileFolder, listener, events, again)));
        sweep();
        if (place.remove()) {
            removal(plan, place);
        }
        return plan;
    }

    private MonitorBlock block(
            Streams streams, Slot process, Slot folder, Slot volatileFolder, Slot listener, Slot events, int again) {
        return new MonitorBlock(
                streams.terminal(),
                streams.monitorIn().number() >= 0,
                place.log(),
                place.remove(),
                streams.monitorIn(),
                streams.monitorOut(),
                streams.monitorErr(),
                folder,
                volatileFolder,
                listener,
                cgroups.oomKills(),
                cgroups.memoryIsUnified(),
                place.restart().policy(),
                place.restart().most(),
                again,
                place.stopSignal(),
                events,
                cgroups.unified(),
                health(process));
    }

    private Optional<MonitorHealth> health(Slot process) {
        return place.health().isPresent()
                ? Optional.of(HealthProbe.compile(
                        plan, config, facts, place, place.health().get(), process))
                : Optional.empty();
    }

    /** The one of control groups is made inside, behind the attach, which decides what its root is. */
    private Namespaces namespaces() {
        return new Namespaces(OwnNamespaces.flags(config) & ~Linux.CLONE_NEWCGROUP);
    }

    /**
     * Whether pilot and first process need not be seen by anybody. A hidden process's files in /proc are system root's (proc_pid(5)): a user could not map its
     * ids, and who lacks CAP_SYS_PTRACE could not open its network namespace.
     */
    private boolean hiddenFromBirth() {
        return facts.root() && facts.can(Capability.SYS_PTRACE.number());
    }

    /** Maps ids from outside, where the right to do so is. */
    private void map(Slot socket) {
        Privilege privilege = facts.privilege();
        if (privilege instanceof Privilege.Single user) {
            plan.add(PILOT, new MapSingleId(0, user.uid(), 0, user.gid()));
            plan.add(PILOT, new SendMark(socket, Mark.MAPPED, Slot.NONE));
        } else if (privilege instanceof Privilege.Ranges user) {
            plan.add(PILOT, new MapIdRanges(user.newuidmap(), user.uids()));
            plan.add(PILOT, new MapIdRanges(user.newgidmap(), user.gids()));
            plan.add(PILOT, new SendMark(socket, Mark.MAPPED, Slot.NONE));
        }
    }

    /**
     * Everything by name, so that anybody can do it from any state; the intent last, as it is what tells that there is something to do. Where the container is to
     * be removed it stays until the removal: what was cut short in between is then still found.
     */
    private void sweep() {
        clean(SWEEP);
        plan.add(SWEEP, new RemoveBelow(place.running(), place.shortId()));
        if (!place.remove()) {
            plan.add(SWEEP, new RemoveBelow(place.containers() + "/" + place.id(), "intent"));
            clean(BETWEEN); // and not the socket, where clients ask, nor the intent, as the container is attended
        }
    }

    private void clean(int strand) {
        cgroups.sweep(plan, strand);
        if (network.isPresent()) {
            network.get().sweep(plan, strand);
        }
    }

    /** Adds the removal of a container to a plan: the rename is the point of no return, the deletion may take its time. */
    public static void removal(Plan plan, Placement place) {
        Slot containers = plan.slot("containers, for the removal");
        Slot trash = plan.slot("trash");
        Slot names = plan.slot("names");
        plan.add(REMOVAL, new OpenFolder(place.containers(), containers));
        plan.add(REMOVAL, new OpenFolder(place.trash(), trash));
        plan.add(REMOVAL, new OpenFolder(place.names(), names));
        plan.add(REMOVAL, new RenameEntry(containers, place.id(), trash, place.id()));
        plan.add(REMOVAL, new RemoveFile(names, place.name()));
        plan.add(REMOVAL, new RemoveTree(trash, place.id()));
        int slash = place.lock().lastIndexOf('/');
        plan.add(
                REMOVAL,
                new RemoveBelow(place.lock().substring(0, slash), place.lock().substring(slash + 1)));
    }

    private static byte[] lines(String key, String value) {
        return (key + " " + value + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
