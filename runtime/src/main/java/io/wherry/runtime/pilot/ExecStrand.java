package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.PILOT;
import static io.wherry.kernel.program.Assembler.SWEEP;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.BecomeMonitor;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MonitorBlock;
import io.wherry.kernel.step.MonitorLog;
import io.wherry.kernel.step.MonitorShim;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenProcess;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RecordStarted;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.WriteFile;
import io.wherry.runtime.ExecPlacement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The pilot's part of one more process in a container, which is the same whatever brings it to life: the container's first process, found for certain; a folder, a socket and the events of its
 * own before it; the record and the monitor behind it. Nothing but that folder, in the container's volatile one, is left to clean up, and it goes with the container at the latest.
 */
public final class ExecStrand {
    private static final int SIGTERM = 15;

    private final ExecPlacement place;
    private final HostFacts facts;
    private final Plan plan = new Plan();
    private final Slot container = plan.slot("container");
    private Slot folder = Slot.NONE;
    private Slot listener = Slot.NONE;
    private Slot events = Slot.NONE;

    /** Of an execution. */
    public ExecStrand(ExecPlacement place, HostFacts facts) {
        this.place = place;
        this.facts = facts;
    }

    /** {@return the plan that is being made} */
    public Plan plan() {
        return plan;
    }

    /** {@return the container's first process, from {@link #find} on} */
    public Slot container() {
        return container;
    }

    /** {@return the folder of this execution, from {@link #open} on} */
    public Slot folder() {
        return folder;
    }

    /** {@return absolute path of the container's volatile folder} */
    public String containerPath() {
        return place.running() + "/" + place.shortContainer();
    }

    /** {@return absolute path of the folder of this execution} */
    public String path() {
        return containerPath() + "/" + ExecPlacement.FOLDER + "/" + place.shortId();
    }

    /** Finds the container. */
    public void find() {
        if (facts.root()) {
            plan.add(PILOT, new SetDumpable(false));
        }
        plan.add(PILOT, new OpenProcess(place.pid(), place.start(), container));
    }

    /** Makes folder and socket. Absent is the container's folder only if it has ended. */
    public void open() {
        Slot volatileFolder = plan.slot("container's volatile folder");
        Slot executions = plan.slot("executions");
        folder = plan.slot("execution's folder");
        plan.add(PILOT, new OpenFolder(containerPath(), volatileFolder));
        plan.add(PILOT, new MakeFolder(volatileFolder, ExecPlacement.FOLDER, 0700, executions));
        plan.add(PILOT, new MakeFolder(executions, place.shortId(), 0700, folder));
        listener = plan.slot("socket");
        plan.add(PILOT, new ListenAt(folder, "s", listener));
        if (place.event().length > 0) {
            events = plan.slot("events");
            plan.add(PILOT, new OpenFolder(place.events(), events));
            plan.add(PILOT, new WriteFile(folder, "event", place.event()));
        }
    }

    /** The process runs: the record, the monitor, the sweep. */
    public void close(Slot process, Streams streams) {
        close(process, streams, Optional.empty());
    }

    /** The same for a process that a containerd shim attends, if there is one. */
    public void close(Slot process, Streams streams, Optional<MonitorShim> shim) {
        byte[] started = ("boot " + place.bootId() + "\nexec " + place.exec() + "\n").getBytes(StandardCharsets.UTF_8);
        plan.add(PILOT, new RecordStarted(folder, "started", started));
        plan.add(PILOT, new BecomeMonitor(process, block(streams, shim)));
        plan.add(SWEEP, new RemoveBelow(containerPath() + "/" + ExecPlacement.FOLDER, place.shortId()));
    }

    private MonitorBlock block(Streams streams, Optional<MonitorShim> shim) {
        return new MonitorBlock(
                streams.terminal(),
                streams.monitorIn().number() >= 0,
                MonitorLog.NONE,
                false,
                false,
                streams.monitorIn(),
                streams.monitorOut(),
                streams.monitorErr(),
                Slot.NONE,
                folder,
                listener,
                Slot.NONE,
                false,
                0,
                0,
                0,
                SIGTERM,
                events,
                Slot.NONE,
                Optional.empty(),
                Slot.NONE,
                shim);
    }
}
