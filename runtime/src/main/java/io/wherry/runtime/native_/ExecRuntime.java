package io.wherry.runtime.native_;

import static io.wherry.kernel.program.Assembler.PILOT;
import static io.wherry.kernel.program.Assembler.SWEEP;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdjustOomScore;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.BecomeMonitor;
import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.MonitorBlock;
import io.wherry.kernel.step.MonitorLog;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenProcess;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RecordStarted;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.kernel.step.WriteFile;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ExecPlacement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Compiles one more process of a container that runs, from the container's own configuration: the same namespaces, control groups, limits, filter. A pure function of its inputs; the same for
 * root and for a user.
 *
 * <p>The pilot opens what has a name on the host, starts the strand that joins, gets the process from it, and becomes its monitor. Nothing but a folder of its own in the container's
 * volatile one is left to clean up, and that goes with the container at the latest.
 */
public final class ExecRuntime {
    /** The strand that joins the container. */
    private static final int JOINER = 1;
    /** The strand of the process. */
    private static final int PROCESS = 2;

    private static final int SIGTERM = 15;

    private final RuntimeConfig config;
    private final ExecPlacement place;
    private final HostFacts facts;
    private final Cgroups cgroups;
    private final Plan plan = new Plan();

    private ExecRuntime(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        this.config = config;
        this.place = place;
        this.facts = facts;
        this.cgroups = Cgroups.of(facts, place.container(), config.linux().resources());
    }

    /**
     * {@return the plan of an execution}
     *
     * @param config the container's configuration, with the process to be executed in the place of its own
     */
    public static Plan compile(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return new ExecRuntime(config, place, facts).compile();
    }

    /** {@return the namespaces that a container has of its own} */
    public static Namespaces namespaces(RuntimeConfig config) {
        return new Namespaces(OwnNamespaces.flags(config));
    }

    private Plan compile() {
        if (facts.root()) {
            plan.add(PILOT, new SetDumpable(false));
        }
        Slot container = plan.slot("container");
        plan.add(PILOT, new OpenProcess(place.pid(), place.start(), container));
        cgroups.find(plan);
        cgroups.prepareToJoin(plan, PILOT);
        Streams streams = Streams.of(plan, config.process().terminal(), place.input());
        Slot folder = folder();
        Slot listener = plan.slot("socket");
        plan.add(PILOT, new ListenAt(folder, "s", listener));
        Slot events = events(folder);

        Slot[] joining = plan.pair("joiner", "pilot");
        Slot[] sockets = plan.pair("process", "pilot, from inside");
        plan.add(PILOT, new MakeSocketPair(joining[0], joining[1]));
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        Slot joined = plan.slot("joiner's process");
        plan.add(PILOT, new StartProcess(new Namespaces(0), JOINER, cgroups.startIn(), joining[0], joining[1], joined));
        streams.leave(plan);
        plan.add(PILOT, new CloseDescriptor(sockets[1]));
        Slot process = plan.slot("process, from the joiner");
        plan.add(PILOT, new AwaitMark(joining[0], Mark.PROCESS, process, false));
        plan.add(PILOT, new AwaitExit(joined));
        plan.add(PILOT, new SetDumpable(false));
        plan.add(PILOT, new SendMark(sockets[0], Mark.GO, Slot.NONE));
        if (streams.terminal()) {
            plan.add(PILOT, new AwaitMark(sockets[0], Mark.TERMINAL, streams.monitorOut(), false));
        }
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.EXECUTING, Slot.NONE, true));
        plan.add(PILOT, new RecordStarted(folder, "started", started()));
        plan.add(PILOT, new BecomeMonitor(process, block(streams, folder, listener, events)));
        inside(container, joining[1], sockets, streams);
        plan.add(
                SWEEP,
                new RemoveBelow(
                        place.running() + "/" + place.shortContainer() + "/" + ExecPlacement.FOLDER, place.shortId()));
        return plan;
    }

    /** Absent is the container's folder only if it has ended. */
    private Slot folder() {
        Slot volatileFolder = plan.slot("container's volatile folder");
        Slot executions = plan.slot("executions");
        Slot folder = plan.slot("execution's folder");
        plan.add(PILOT, new OpenFolder(place.running() + "/" + place.shortContainer(), volatileFolder));
        plan.add(PILOT, new MakeFolder(volatileFolder, ExecPlacement.FOLDER, 0700, executions));
        plan.add(PILOT, new MakeFolder(executions, place.shortId(), 0700, folder));
        return folder;
    }

    private void inside(Slot container, Slot pilot, Slot[] sockets, Streams streams) {
        JoiningProcess joining = new JoiningProcess(plan, JOINER, PROCESS, config, facts, cgroups);
        plan.add(JOINER, new DieWithParent());
        if (config.process().oomScoreAdj().isPresent()) {
            // While it can be named, and before a user's process is hidden: then the file is system root's.
            Slot proc = plan.slot("/proc");
            plan.add(JOINER, new OpenFolder("/proc", proc));
            plan.add(
                    JOINER,
                    new AdjustOomScore(proc, config.process().oomScoreAdj().getAsInt()));
        }
        plan.add(JOINER, new CloseDescriptor(sockets[0]));
        joining.join(container);
        Slot process = plan.slot("process of its own making");
        plan.add(
                JOINER,
                new StartProcess(new Namespaces(Linux.CLONE_PARENT), PROCESS, Slot.NONE, pilot, sockets[1], process));
        plan.add(JOINER, new SendMark(pilot, Mark.PROCESS, process));

        plan.add(PROCESS, new DieWithParent());
        plan.add(PROCESS, new AwaitMark(sockets[1], Mark.GO, Slot.NONE, false));
        joining.settle();
        joining.execute(streams, sockets[1]);
    }

    private byte[] started() {
        return ("boot " + place.bootId() + "\nexec " + place.exec() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private Slot events(Slot folder) {
        if (place.event().length == 0) {
            return Slot.NONE;
        }
        Slot events = plan.slot("events");
        plan.add(PILOT, new OpenFolder(place.events(), events));
        plan.add(PILOT, new WriteFile(folder, "event", place.event()));
        return events;
    }

    private MonitorBlock block(Streams streams, Slot folder, Slot listener, Slot events) {
        return new MonitorBlock(
                streams.terminal(),
                streams.monitorIn().number() >= 0,
                MonitorLog.NONE,
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
                Optional.empty());
    }
}
