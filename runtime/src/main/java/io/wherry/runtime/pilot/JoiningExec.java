package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdjustOomScore;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ExecPlacement;

/**
 * Compiles one more process of a container that runs, from the container's own configuration: the same namespaces, control groups, limits, filter. A pure function of its inputs; the same for
 * root and for a user, and for every runtime whose containers are made of namespaces of this kernel.
 *
 * <p>The pilot opens what has a name on the host, starts the strand that joins, gets the process from it, and becomes its monitor.
 */
public final class JoiningExec {
    /** The strand that joins the container. */
    private static final int JOINER = 1;
    /** The strand of the process. */
    private static final int PROCESS = 2;

    private final RuntimeConfig config;
    private final HostFacts facts;
    private final Cgroups cgroups;
    private final ExecStrand pilot;
    private final Plan plan;

    private JoiningExec(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        this.config = config;
        this.facts = facts;
        this.cgroups = Cgroups.of(facts, place.container(), config.linux().resources());
        this.pilot = new ExecStrand(place, facts);
        this.plan = pilot.plan();
    }

    /**
     * {@return the plan of an execution}
     *
     * @param config the container's configuration, with the process to be executed in the place of its own
     */
    public static Plan compile(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return new JoiningExec(config, place, facts).compile(place);
    }

    private Plan compile(ExecPlacement place) {
        pilot.find();
        cgroups.find(plan);
        cgroups.prepareToJoin(plan, PILOT);
        Streams streams = Streams.of(plan, config.process().terminal(), place.input());
        pilot.open();
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
        pilot.close(process, streams);
        inside(joining[1], sockets, streams);
        return plan;
    }

    private void inside(Slot toPilot, Slot[] sockets, Streams streams) {
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
        joining.openHostTerminal(streams);
        joining.join(pilot.container());
        Slot process = plan.slot("process of its own making");
        plan.add(
                JOINER,
                new StartProcess(new Namespaces(Linux.CLONE_PARENT), PROCESS, Slot.NONE, toPilot, sockets[1], process));
        plan.add(JOINER, new SendMark(toPilot, Mark.PROCESS, process));

        plan.add(PROCESS, new DieWithParent());
        plan.add(PROCESS, new AwaitMark(sockets[1], Mark.GO, Slot.NONE, false));
        joining.settle();
        joining.execute(streams, sockets[1]);
    }
}
