package io.wherry.runtime.oci;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.AdoptProcess;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.CoverFolder;
import io.wherry.kernel.step.EmptyCgroup;
import io.wherry.kernel.step.KillRecorded;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenFile;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ReceiveConsole;
import io.wherry.kernel.step.RemoveFile;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.Step;
import io.wherry.kernel.step.SweepByTool;
import io.wherry.kernel.step.WriteFile;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.ContainerRuntime;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.Placement;
import io.wherry.runtime.pilot.Cgroups;
import io.wherry.runtime.pilot.PilotStrand;
import io.wherry.runtime.pilot.Streams;
import io.wherry.runtime.pilot.ToolExecution;
import io.wherry.runtime.pilot.ToolStrand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A container by a program with runc's command line: {@code [GLOBAL] run --detach --bundle B --pid-file P [--console-socket S] ID}.
 *
 * <p>The runtime's own state lies in the container's volatile folder, so it is gone with that, and its groups are those that Wherry's names say, which the sweep empties.
 *
 * @param program absolute path of the program
 * @param arguments global arguments of the user's own, put first
 */
public record OciRuntime(String program, List<String> arguments) implements ContainerRuntime {
    /** The folders of the bundle and of the runtime's state, in the volatile folder. */
    private static final String BUNDLE = "b";

    private static final String STATE = "r";
    /** The strand that starts what strand 1 has created. */
    private static final int STARTER = 2;

    /** Copies the arguments. */
    public OciRuntime {
        arguments = List.copyOf(arguments);
    }

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
        Slot bundle = plan.slot("bundle");
        plan.add(PILOT, new MakeFolder(pilot.volatileFolder(), BUNDLE, 0700, bundle));
        byte[] document = OciBundle.of(config, ToolStrand.root(pilot), facts)
                .toJson()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        plan.add(PILOT, new WriteFile(bundle, "config.json", document));
        boolean terminal = config.process().terminal();
        Slot console = plan.slot("console socket");
        if (terminal) {
            plan.add(PILOT, new ListenAt(bundle, "console", console));
        }
        Streams streams = terminal ? Streams.ofConsole(plan, place.input()) : Streams.of(plan, false, place.input());
        String folder = pilot.volatilePath() + "/" + BUNDLE;
        String log = place.containers() + "/" + place.id() + "/" + ToolExecution.LOG;
        plan.add(PILOT, new RemoveFile(pilot.folder(), ToolExecution.LOG)); // what it said the last time
        List<String> words = global(pilot.volatilePath(), log);
        // A container that ends at once is reaped by crun before it leaves it to us, and its exit code is lost: it is
        // created, taken over, and started then.
        boolean twice = isCrun();
        words.addAll(twice ? List.of("create") : List.of("run", "--detach"));
        words.addAll(List.of("--bundle", folder, "--pid-file", folder + "/pid"));
        if (terminal) {
            words.addAll(List.of("--console-socket", folder + "/console"));
        }
        words.add(place.id());
        Slot tool =
                new ToolStrand(pilot, config, rootfs, network, facts).start(streams, hiding(), ToolExecution.of(words));
        plan.add(PILOT, new AwaitExit(tool));
        if (terminal) {
            plan.add(PILOT, new ReceiveConsole(console, streams.monitorOut()));
        }
        Slot process = adopt(plan, bundle);
        if (twice) {
            List<String> start = global(pilot.volatilePath(), log);
            start.addAll(List.of("start", place.id()));
            new OciCall(plan, STARTER, facts, hiding()).make(process, Streams.NONE, start);
            process = adopt(plan, bundle); // what is recorded is the process that came last
        }
        delete(pilot, place, facts);
        pilot.close(process, Slot.NONE, streams);
        return plan;
    }

    static Slot adopt(Plan plan, Slot folder) {
        Slot number = plan.slot("pid file");
        Slot process = plan.slot("process");
        plan.add(PILOT, new OpenFile(folder, "pid", number));
        plan.add(PILOT, new AdoptProcess(number, "", Slot.NONE, Slot.NONE, process));
        plan.add(PILOT, new CloseDescriptor(number));
        return process;
    }

    List<String> global(String volatileFolder, String log) {
        List<String> words = new ArrayList<>();
        words.add(program);
        words.addAll(arguments);
        words.addAll(List.of("--root", volatileFolder + "/" + STATE, "--log", log, "--log-format", "json"));
        return words;
    }

    /**
     * First, while the runtime's state is there, by itself, since it may have hooks to run. Where it cannot work outside of what the strand prepared, names do it all. The container
     * does not die with the monitor, and a user's is in no group.
     */
    private void delete(PilotStrand pilot, Placement place, HostFacts facts) {
        if (facts.root() && !isCrun()) {
            List<String> words = global(pilot.volatilePath(), "/dev/null");
            words.addAll(List.of("delete", "--force", place.id()));
            pilot.cleanUp(new SweepByTool("", words, ToolExecution.ENVIRONMENT));
        }
        pilot.killRecorded();
        pilot.cleanUp(new KillRecorded(pilot.volatilePath() + "/" + BUNDLE, "pid")); // not recorded yet
        for (CgroupLayout.Hierarchy hierarchy :
                facts.cgroups().hierarchies()) { // the runtime uses more of them than we do
            pilot.cleanUp(new EmptyCgroup(hierarchy.path(), Cgroups.PARENT, place.id(), false));
        }
        pilot.cleanUp(new EmptyCgroup("/sys/fs/cgroup/systemd", Cgroups.PARENT, place.id(), false));
    }

    /**
     * {@return what this runtime must not see} crun 1.8 refuses a host with both versions of control groups. In a mount namespace of its own it need not see the second, in
     * which the container is all the same, by its birth.
     */
    List<Step> hiding() {
        return isCrun() ? List.of(new CoverFolder("/sys/fs/cgroup/unified")) : List.of();
    }

    private boolean isCrun() {
        return program.endsWith("/crun");
    }

    @Override
    public Plan exec(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return new OciExec(this, config, place, facts).compile();
    }
}
