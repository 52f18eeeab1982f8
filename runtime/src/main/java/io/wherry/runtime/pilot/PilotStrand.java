package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.BETWEEN;
import static io.wherry.kernel.program.Assembler.PILOT;
import static io.wherry.kernel.program.Assembler.REMOVAL;
import static io.wherry.kernel.program.Assembler.SWEEP;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.step.BecomeMonitor;
import io.wherry.kernel.step.KillRecorded;
import io.wherry.kernel.step.LimitProject;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.LockFile;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MapIdRanges;
import io.wherry.kernel.step.MapSingleId;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.MonitorBlock;
import io.wherry.kernel.step.MonitorHealth;
import io.wherry.kernel.step.MonitorShim;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenNetworkNamespace;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RecordStarted;
import io.wherry.kernel.step.ReleaseProject;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.RemoveFile;
import io.wherry.kernel.step.RemoveTree;
import io.wherry.kernel.step.RenameEntry;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.Step;
import io.wherry.kernel.step.WriteIntent;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.Placement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The pilot's part of a container's life, which is the same whatever brings the container to life: lock, intent, socket, control groups and streams before it ({@link #open}); the record, the
 * monitor, removal and sweep behind it ({@link #close}). Not for several threads.
 */
public final class PilotStrand {
    private static final String STARTED = "started";
    /** The annotation of a container that is not to go on when the client that started it is gone. */
    public static final String HANGUP_ANNOTATION = "io.wherry.hangup";
    /** The annotation of a container whose command has a small init above it. */
    public static final String INIT_ANNOTATION = "io.wherry.init";

    private final RuntimeConfig config;
    private final Placement place;
    private final Optional<NetworkAttachment> network;
    private final HostFacts facts;
    private final Cgroups cgroups;
    private final Plan plan = new Plan();
    private final Slot folder;
    private Slot volatileFolder = Slot.NONE;
    private Slot listener = Slot.NONE;
    private Slot events = Slot.NONE;
    private int again;

    /**
     * Of a container.
     *
     * @param network how it gets onto a network; absent for none and for the host's
     */
    public PilotStrand(RuntimeConfig config, Placement place, Optional<NetworkAttachment> network, HostFacts facts) {
        this.config = config;
        this.place = place;
        this.network = network;
        this.facts = facts;
        this.cgroups = Cgroups.of(facts, place.id(), config.linux().resources());
        this.folder = plan.slot("container's folder");
    }

    /** {@return the plan that is being made} */
    public Plan plan() {
        return plan;
    }

    /** {@return the container's control groups} */
    public Cgroups cgroups() {
        return cgroups;
    }

    /** {@return its folder, open from {@link #open} on} */
    public Slot folder() {
        return folder;
    }

    /** {@return its volatile folder, open from {@link #open} on} */
    public Slot volatileFolder() {
        return volatileFolder;
    }

    /** {@return absolute path of its volatile folder} */
    public String volatilePath() {
        return place.running() + "/" + place.shortId();
    }

    /** {@return whether the pilot has to attach it to a network} */
    public boolean connects() {
        return network.isPresent() && network.get().needsPilot();
    }

    /**
     * {@return whether pilot and first process need not be seen by anybody} A hidden process's files in /proc are system root's (proc_pid(5)): a user could not map its
     * ids, and who lacks CAP_SYS_PTRACE could not open its network namespace.
     */
    public boolean hiddenFromBirth() {
        return facts.root() && facts.can(Capability.SYS_PTRACE.number());
    }

    /** From the lock to the group that the container is born in. */
    public void open() {
        Slot lock = plan.slot("lock");
        if (hiddenFromBirth()) {
            plan.add(PILOT, new SetDumpable(false));
        }
        plan.add(PILOT, new LockFile(place.lock(), lock));
        plan.add(PILOT, new OpenFolder(place.containers() + "/" + place.id(), folder));
        plan.add(PILOT, new WriteIntent(folder, lines("boot", place.bootId())));
        if (place.quota().isPresent()) {
            plan.add(
                    PILOT,
                    new LimitProject(
                            folder,
                            place.quota().get().project(),
                            0,
                            place.quota().get().bytes()));
        }
        Slot running = plan.slot("running");
        volatileFolder = plan.slot("volatile folder");
        listener = plan.slot("socket");
        events = plan.slot("events");
        plan.add(PILOT, new OpenFolder(place.running(), running));
        plan.add(PILOT, new MakeFolder(running, place.shortId(), 0700, volatileFolder));
        plan.add(PILOT, new ListenAt(volatileFolder, "s", listener));
        plan.add(PILOT, new OpenFolder(place.events(), events));
        again = place.remove()
                ? 0
                : plan.steps(PILOT).size(); // what is before that stays for all starts of one monitor
        if (!hiddenFromBirth()) {
            plan.add(PILOT, new SetDumpable(true)); // a start before this one hid it
        }
        cgroups.make(plan);
    }

    /** Maps ids from outside, where the right to do so is. */
    public void map(Slot socket) {
        Privilege privilege = facts.privilege();
        InsideIds ids = InsideIds.of(config, facts);
        if (!facts.root() && ids.single()) {
            plan.add(PILOT, new MapSingleId(ids.uid(), privilege.uid(), ids.gid(), privilege.gid()));
            plan.add(PILOT, new SendMark(socket, Mark.MAPPED, Slot.NONE));
        } else if (privilege instanceof Privilege.Ranges user) {
            plan.add(PILOT, new MapIdRanges(user.newuidmap(), user.uids()));
            plan.add(PILOT, new MapIdRanges(user.newgidmap(), user.gids()));
            plan.add(PILOT, new SendMark(socket, Mark.MAPPED, Slot.NONE));
        }
    }

    /** Attaches the network namespace of a process that waits for it, if that is the pilot's to do. */
    public void connect(Slot process, Slot socket) {
        if (connects()) {
            Slot namespace = plan.slot("network namespace");
            plan.add(PILOT, new OpenNetworkNamespace(process, facts.features().networkNamespaceByPidfd(), namespace));
            network.orElseThrow().pilot(plan, PILOT, namespace);
            plan.add(PILOT, new SendMark(socket, Mark.NETWORK, Slot.NONE));
        }
    }

    /** Lets the process go on: everything it needs is there. */
    public void release(Slot socket) {
        if (!hiddenFromBirth()) {
            plan.add(PILOT, new SetDumpable(false));
        }
        plan.add(PILOT, new SendMark(socket, Mark.GO, Slot.NONE));
    }

    /**
     * The container runs: the record, the monitor; and what cleans up behind it.
     *
     * @param process whose end is the container's
     * @param target its first process, where that is another one; else {@link Slot#NONE}
     * @param streams its input and output
     */
    public void close(Slot process, Slot target, Streams streams) {
        close(process, block(process, target, streams, Optional.empty()));
    }

    /** The same for a container that a containerd shim attends. */
    public void close(Slot process, Streams streams, MonitorShim shim) {
        close(process, block(process, Slot.NONE, streams, Optional.of(shim)));
    }

    private void close(Slot process, MonitorBlock block) {
        if (!place.remove()) {
            plan.add(PILOT, new RemoveFile(folder, "exit")); // how it ended the last time
        }
        plan.add(PILOT, new RecordStarted(volatileFolder, STARTED, lines("boot", place.bootId())));
        plan.add(PILOT, new BecomeMonitor(process, block));
        sweep();
        if (place.remove()) {
            removal(plan, place);
        }
    }

    private MonitorBlock block(Slot process, Slot target, Streams streams, Optional<MonitorShim> shim) {
        return new MonitorBlock(
                streams.terminal(),
                streams.monitorIn().number() >= 0,
                place.log(),
                place.remove(),
                config.annotations().containsKey(HANGUP_ANNOTATION),
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
                health(target.number() < 0 ? process : target),
                target,
                shim);
    }

    private Optional<MonitorHealth> health(Slot process) {
        return place.health().isPresent()
                ? Optional.of(HealthProbe.compile(
                        plan, config, facts, place, place.health().get(), process))
                : Optional.empty();
    }

    /**
     * Everything by name, so that anybody can do it from any state; the intent last, as it is what tells that there is something to do. Where the container is to
     * be removed it stays until the removal: what was cut short in between is then still found.
     */
    private void sweep() {
        clean(SWEEP);
        plan.add(SWEEP, new RemoveBelow(place.running(), place.shortId()));
        if (place.quota().isPresent()) {
            plan.add(
                    SWEEP,
                    new ReleaseProject(
                            place.containers() + "/" + place.id(),
                            place.quota().get().project()));
        }
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
    private static void removal(Plan plan, Placement place) {
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

    /** Adds what cleans up behind a runtime: to the sweep and, unless the container is removed, between two starts. To be called before {@link #close}, which adds the rest. */
    public void cleanUp(Step step) {
        plan.add(SWEEP, step);
        if (!place.remove()) {
            plan.add(BETWEEN, step);
        }
    }

    /** For a first process that is another one's child: it is not sure to die with the monitor. To be called before {@link #close}. */
    public void killRecorded() {
        cleanUp(new KillRecorded(volatilePath(), STARTED));
    }

    private static byte[] lines(String key, String value) {
        return (key + " " + value + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
