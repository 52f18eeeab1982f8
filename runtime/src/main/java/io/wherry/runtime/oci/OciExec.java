package io.wherry.runtime.oci;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.AdoptOrphans;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ReceiveConsole;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.WriteFile;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.pilot.ExecStrand;
import io.wherry.runtime.pilot.Streams;
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
        byte[] document = OciBundle.process(config).toJson().toString().getBytes(StandardCharsets.UTF_8);
        plan.add(PILOT, new WriteFile(pilot.folder(), "process.json", document));
        Slot console = plan.slot("console socket");
        if (terminal) {
            plan.add(PILOT, new ListenAt(pilot.folder(), "console", console));
        }
        plan.add(PILOT, new AdoptOrphans());
        new OciCall(plan, INSIDE, facts, runtime.hiding()).make(pilot.container(), streams, words(terminal));
        if (terminal) {
            plan.add(PILOT, new ReceiveConsole(console, streams.monitorOut()));
        }
        Slot process = OciRuntime.adopt(plan, pilot.folder());
        pilot.close(process, streams);
        return plan;
    }

    private List<String> words(boolean terminal) {
        List<String> words = runtime.global(pilot.containerPath(), place.log());
        words.addAll(List.of(
                "exec", "--detach", "--process", pilot.path() + "/process.json", "--pid-file", pilot.path() + "/pid"));
        if (terminal) {
            words.addAll(List.of("--console-socket", pilot.path() + "/console"));
        }
        words.add(place.container());
        return words;
    }
}
