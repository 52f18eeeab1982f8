package io.wherry.runtime.oci;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NewMountNamespace;
import io.wherry.kernel.step.NewSession;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.SetPropagation;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.kernel.step.Step;
import io.wherry.runtime.pilot.Streams;
import io.wherry.runtime.pilot.ToolExecution;
import java.util.List;

/** One more call of a runtime for a container that it has made: in a user's case from inside that one's user namespace, where the runtime was when it made it. */
final class OciCall {
    private final Plan plan;
    private final int strand;
    private final HostFacts facts;
    private final List<Step> hiding;

    /**
     * A call to be.
     *
     * @param hiding what the runtime must not see, taken away in a mount namespace of its own
     */
    OciCall(Plan plan, int strand, HostFacts facts, List<Step> hiding) {
        this.plan = plan;
        this.strand = strand;
        this.facts = facts;
        this.hiding = hiding;
    }

    /** Makes it, and waits for its end with 0. */
    void make(Slot container, Streams streams, List<String> words) {
        Slot[] sockets = plan.pair("runtime", "pilot");
        Slot tool = plan.slot("runtime's process");
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        plan.add(PILOT, new StartProcess(new Namespaces(0), strand, Slot.NONE, sockets[0], sockets[1], tool));
        streams.leave(plan);
        plan.add(PILOT, new SendMark(sockets[0], Mark.GO, Slot.NONE));
        plan.add(strand, new DieWithParent());
        if (!facts.root()) {
            plan.add(strand, new JoinNamespaces(container, new Namespaces(Linux.CLONE_NEWUSER)));
            plan.add(strand, new SetIds(0, 0, List.of(), !(facts.privilege() instanceof Privilege.Single)));
        }
        if (!hiding.isEmpty()) {
            plan.add(strand, new NewMountNamespace());
            plan.add(strand, new SetPropagation(false));
            hiding.forEach(step -> plan.add(strand, step));
        }
        plan.add(strand, new NewSession(true));
        plan.add(strand, new AwaitMark(sockets[1], Mark.GO, Slot.NONE, false));
        ToolExecution.of(words).add(plan, strand, streams, List.of());
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.EXECUTING, Slot.NONE, true));
        plan.add(PILOT, new AwaitExit(tool));
    }
}
