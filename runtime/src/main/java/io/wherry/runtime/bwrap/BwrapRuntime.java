package io.wherry.runtime.bwrap;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.AdoptProcess;
import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.MakePipe;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenFile;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.WriteFile;
import io.wherry.oci.Namespace;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ContainerRuntime;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.Placement;
import io.wherry.runtime.pilot.Identity;
import io.wherry.runtime.pilot.JoiningExec;
import io.wherry.runtime.pilot.PilotStrand;
import io.wherry.runtime.pilot.Streams;
import io.wherry.runtime.pilot.ToolExecution;
import io.wherry.runtime.pilot.ToolStrand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A container by bubblewrap. What is waited for is bwrap, whose exit code is the command's; what is signalled and joined is the command, which bwrap names in its {@code --info-fd}.
 *
 * @param program absolute path of bwrap
 */
public record BwrapRuntime(String program) implements ContainerRuntime {
    private static final String FILTER = "filter";

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
        Slot[] info = plan.pair("bwrap's words about its child", "info");
        plan.add(PILOT, new MakePipe(info[0], info[1]));
        List<Slot> passed = new ArrayList<>(List.of(info[1]));
        Identity identity = new Identity(plan, PILOT, config, facts);
        Optional<byte[]> filter = identity.filter();
        Slot program = plan.slot("filter of system calls");
        if (filter.isPresent()) {
            plan.add(PILOT, new WriteFile(pilot.volatileFolder(), FILTER, filter.get()));
            plan.add(PILOT, new OpenFile(pilot.volatileFolder(), FILTER, program));
            passed.add(program);
        }
        BwrapArguments arguments = new BwrapArguments(config, ToolStrand.root(pilot), facts);
        List<String> words = new ArrayList<>();
        words.add(this.program);
        words.addAll(List.of("--info-fd", Integer.toString(info[1].number())));
        if (filter.isPresent()) {
            words.addAll(List.of("--seccomp", Integer.toString(program.number())));
        }
        words.addAll(arguments.list());
        ToolStrand strand = new ToolStrand(pilot, config, rootfs, network, facts)
                .joiningGroups()
                .openingTerminal();
        if (!facts.root() && config.linux().namespace(Namespace.Type.PID).isPresent()) {
            // bwrap's child waits for bwrap before it asks to die with it, and is in no control group.
            strand.aloneWithItsChildren();
        }
        Slot tool = strand.start(streams, List.of(), new ToolExecution(words, passed, identity.limits()));
        plan.add(PILOT, new CloseDescriptor(info[1]));
        Slot process = plan.slot("process");
        plan.add(PILOT, new AdoptProcess(info[0], "\"child-pid\":", streams.monitorErr(), tool, process));
        pilot.killRecorded();
        pilot.close(tool, process, streams);
        return plan;
    }

    @Override
    public Plan exec(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return JoiningExec.compile(config, place, facts);
    }
}
