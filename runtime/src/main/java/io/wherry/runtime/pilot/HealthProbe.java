package io.wherry.runtime.pilot;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.MonitorHealth;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.Placement;

/**
 * Adds a health check to a container's program: the strand that the monitor runs in a process of its own whenever a check is due, and the strand of the check. The first is born in the
 * container's version 2 group, joins the container, and waits for the second.
 */
final class HealthProbe {
    private static final int JOINER = 4;
    private static final int CHECK = 5;

    private HealthProbe() {}

    static MonitorHealth compile(
            Plan plan,
            RuntimeConfig config,
            HostFacts facts,
            Placement place,
            Placement.Health health,
            Slot container) {
        RuntimeConfig check = config.toBuilder()
                .process(config.process().toBuilder()
                        .terminal(false)
                        .args(health.command())
                        .build())
                .build();
        Cgroups cgroups = Cgroups.of(facts, place.id(), config.linux().resources());
        cgroups.recall();
        JoiningProcess joining = new JoiningProcess(plan, JOINER, CHECK, check, facts, cgroups);
        Slot output = plan.slot("output of the check");
        plan.add(JOINER, new DieWithParent());
        cgroups.prepareToJoin(plan, JOINER);
        Slot[] sockets = plan.pair("check", "who waits for the check");
        plan.add(JOINER, new MakeSocketPair(sockets[0], sockets[1]));
        joining.join(container);
        plan.add(
                JOINER,
                new StartProcess(
                        new Namespaces(0), CHECK, Slot.NONE, sockets[0], sockets[1], plan.slot("check's process")));
        plan.add(CHECK, new DieWithParent());
        joining.settle();
        Slot nothing = new Slot(0, "null");
        joining.execute(new Streams(false, nothing, output, output, Slot.NONE, Slot.NONE, Slot.NONE), sockets[1]);
        return new MonitorHealth(
                JOINER,
                output,
                health.interval(),
                health.timeout(),
                health.startPeriod(),
                health.retries(),
                health.startInterval());
    }
}
