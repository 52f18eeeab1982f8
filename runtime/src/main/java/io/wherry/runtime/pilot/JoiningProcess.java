package io.wherry.runtime.pilot;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.CloseDescriptors;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.Execute;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NewSession;
import io.wherry.kernel.step.OpenHostTerminal;
import io.wherry.kernel.step.OpenTerminalInside;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.SetUmask;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.TakeTerminal;
import io.wherry.kernel.step.UseStdio;
import io.wherry.oci.Mount;
import io.wherry.oci.RuntimeConfig;
import java.util.List;

/**
 * Two strands by which one more process gets into a container that runs: one joins its namespaces, and the child of that one, which the pid namespace applies to, becomes the process.
 *
 * <p>Both are hidden before they are inside: they hold descriptors of the host, and who is inside could look into them. Nothing is read of the container's /proc, and nothing of its
 * is executed before the rights are narrowed, by the same steps as those of its first process.
 */
final class JoiningProcess {
    private final Plan plan;
    private final int joiner;
    private final int inside;
    private final RuntimeConfig config;
    private final HostFacts facts;
    private final Cgroups cgroups;
    private Slot master = Slot.NONE;

    /**
     * A process to be.
     *
     * @param config the container's, with the process to execute in it
     * @param cgroups the container's, found
     */
    JoiningProcess(Plan plan, int joiner, int inside, RuntimeConfig config, HostFacts facts, Cgroups cgroups) {
        this.plan = plan;
        this.joiner = joiner;
        this.inside = inside;
        this.config = config;
        this.facts = facts;
        this.cgroups = cgroups;
    }

    /** Where the container's /dev is the host's, its terminals are too: an ordinary user may open one from outside alone, as the multiplexer below /dev/pts is root's. */
    void openHostTerminal(Streams streams) {
        if (streams.terminal() && !hasTerminals()) {
            master = plan.slot("terminal, from outside");
            plan.add(joiner, new OpenHostTerminal(master, streams.in()));
        }
    }

    private boolean hasTerminals() {
        for (Mount mount : config.mounts()) {
            if ("devpts".equals(mount.type().orElse(""))) {
                return true;
            }
        }
        return false;
    }

    /** The strand that joins, up to where it starts the other. A user joins the user namespace by the same call: it gives the rights that the others need. */
    void join(Slot process) {
        plan.add(joiner, new SetDumpable(false));
        plan.add(joiner, new JoinNamespaces(process, new Namespaces(OwnNamespaces.flags(config))));
        plan.add(joiner, new DieWithParent());
        plan.add(joiner, new SetDumpable(false));
    }

    /** The process's rights in the user namespace, without groups of the host. */
    void settle() {
        if (!facts.root()) {
            InsideIds ids = InsideIds.of(config, facts);
            plan.add(inside, new SetIds(ids.uid(), ids.gid(), List.of(), !ids.single()));
            plan.add(inside, new DieWithParent());
            plan.add(inside, new SetDumpable(false));
        }
        cgroups.join(plan, inside);
        plan.add(inside, new NewSession(true));
    }

    /** Its terminal, its identity, and what it executes. */
    void execute(Streams streams, Slot pilot) {
        if (streams.terminal()) {
            plan.add(
                    inside,
                    master.number() < 0
                            ? new OpenTerminalInside(pilot, streams.in())
                            : new TakeTerminal(streams.in(), master, pilot));
        }
        new Identity(plan, inside, config, facts).narrow();
        plan.add(inside, new UseStdio(streams.in(), streams.out(), streams.err()));
        plan.add(inside, new SetUmask(config.process().user().umask().orElse(022)));
        plan.add(inside, new CloseDescriptors());
        plan.add(
                inside,
                new Execute(
                        Candidates.of(config.process()),
                        config.process().args(),
                        config.process().env()));
    }
}
