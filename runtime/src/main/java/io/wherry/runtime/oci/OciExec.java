package io.wherry.runtime.oci;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdoptOrphans;
import io.wherry.kernel.step.AdoptProcess;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.MakeMountsPrivate;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NewSession;
import io.wherry.kernel.step.OpenFile;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ReceiveConsole;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.kernel.step.Step;
import io.wherry.kernel.step.WriteFile;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.pilot.ExecStrand;
import io.wherry.runtime.pilot.Streams;
import io.wherry.runtime.pilot.ToolStrand;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** One more process in a container of an {@link OciRuntime}, by that runtime's own {@code exec}: what walls the container has only it knows. */
final class OciExec {
    private final OciRuntime runtime;
    private final RuntimeConfig config;
    private final ExecPlacement place;
    private final HostFacts facts;
    private final ExecStrand pilot;
    private final Plan plan;

    OciExec(OciRuntime runtime, RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        this.runtime = runtime;
        this.config = config;
        this.place = place;
        this.facts = facts;
        this.pilot = new ExecStrand(place, facts);
        this.plan = pilot.plan();
    }

    Plan compile() {
        boolean terminal = config.process().terminal();
        pilot.find();
        Streams streams = terminal ? Streams.ofConsole(plan, place.input()) : Streams.of(plan, false, place.input());
        pilot.open();
        byte[] document = config.process().toJson().toString().getBytes(StandardCharsets.UTF_8);
        plan.add(PILOT, new WriteFile(pilot.folder(), "process.json", document));
        Slot console = plan.slot("console socket");
        if (terminal) {
            plan.add(PILOT, new ListenAt(pilot.folder(), "console", console));
        }
        Slot[] sockets = plan.pair("runtime", "pilot");
        Slot tool = plan.slot("runtime's process");
        plan.add(PILOT, new AdoptOrphans());
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        List<Step> hiding = runtime.hidingHybrid(facts);
        Namespaces own = new Namespaces(hiding.isEmpty() ? 0 : Linux.CLONE_NEWNS);
        plan.add(PILOT, new StartProcess(own, INSIDE, Slot.NONE, sockets[0], sockets[1], tool));
        streams.leave(plan);
        plan.add(PILOT, new SendMark(sockets[0], Mark.GO, Slot.NONE));
        inside(sockets[1], hiding, streams, terminal);
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.EXECUTING, Slot.NONE, true));
        plan.add(PILOT, new AwaitExit(tool));
        if (terminal) {
            plan.add(PILOT, new ReceiveConsole(console, streams.monitorOut()));
        }
        Slot number = plan.slot("pid file");
        Slot process = plan.slot("process");
        plan.add(PILOT, new OpenFile(pilot.folder(), "pid", number));
        plan.add(PILOT, new AdoptProcess(number, "", Slot.NONE, process));
        pilot.close(process, streams);
        return plan;
    }

    private void inside(Slot socket, List<Step> hiding, Streams streams, boolean terminal) {
        plan.add(INSIDE, new DieWithParent());
        if (!facts.root()) {
            plan.add(INSIDE, new JoinNamespaces(pilot.container(), new Namespaces(Linux.CLONE_NEWUSER)));
            plan.add(INSIDE, new SetIds(0, 0, List.of(), !(facts.privilege() instanceof Privilege.Single)));
        }
        if (!hiding.isEmpty()) {
            plan.add(INSIDE, new MakeMountsPrivate());
            hiding.forEach(step -> plan.add(INSIDE, step));
        }
        plan.add(INSIDE, new NewSession(true));
        plan.add(INSIDE, new AwaitMark(socket, Mark.GO, Slot.NONE, false));
        List<String> words = runtime.global(pilot.containerPath(), place.log());
        words.addAll(List.of(
                "exec",
                "--detach",
                "--process",
                pilot.path() + "/process.json",
                "--pid-file",
                pilot.path() + "/pid"));
        if (terminal) {
            words.addAll(List.of("--console-socket", pilot.path() + "/console"));
        }
        words.add(place.container());
        ToolStrand.execute(plan, streams, List.of(), words, List.of());
    }
}
