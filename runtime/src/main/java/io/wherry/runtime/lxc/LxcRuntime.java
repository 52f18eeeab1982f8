package io.wherry.runtime.lxc;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdoptProcess;
import io.wherry.kernel.step.CoverFolder;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MakeNode;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenFifo;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenOwnNetwork;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.RemoveFile;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.Step;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A container by liblxc. Its configuration lies in a folder that all such containers of a root share, so {@code lxc-ls -P FOLDER} lists them, each by the first twelve digits of its id.
 *
 * @param execute absolute path of lxc-execute
 * @param start absolute path of lxc-start
 */
public record LxcRuntime(String execute, String start) implements ContainerRuntime {
    /** The folder of configurations, beside that of the volatile folders. */
    private static final String FOLDER = "lxc";

    private static final String FIFO = "pid";

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
        String folder = folder(place);
        Slot volatileRoot = plan.slot("volatile root");
        Slot shared = plan.slot("lxc's folder");
        Slot own = plan.slot("lxc's configuration");
        plan.add(PILOT, new OpenFolder(parent(place), volatileRoot));
        plan.add(PILOT, new MakeFolder(volatileRoot, FOLDER, 0700, shared));
        plan.add(PILOT, new MakeFolder(shared, place.shortId(), 0700, own));
        boolean visible =
                facts.root() && config.linux().namespace(Namespace.Type.NETWORK).isPresent();
        Slot inside = visible ? plan.slot("the container's network") : Slot.NONE;
        Identity identity = new Identity(plan, PILOT, config, facts);
        LxcConfig document =
                new LxcConfig(config, folder + "/" + place.shortId(), ToolStrand.root(pilot), inside, facts);
        plan.add(PILOT, new WriteFile(own, "config", bytes(document.text())));
        LxcSeccomp.profile(identity.profile())
                .ifPresent(text -> plan.add(PILOT, new WriteFile(own, LxcConfig.FILTER, bytes(text))));
        plan.add(PILOT, new RemoveFile(own, FIFO));
        plan.add(PILOT, new MakeNode(own, FIFO, Linux.S_IFIFO | 0600, 0));
        Slot fifo = plan.slot("what lxc's hook says");
        plan.add(PILOT, new OpenFifo(own, FIFO, fifo));
        plan.add(PILOT, new RemoveFile(pilot.folder(), ToolExecution.LOG));
        Streams streams = Streams.of(plan, config.process().terminal(), place.input());
        List<Step> before = new ArrayList<>();
        // The container is in Wherry's groups by its birth; what liblxc cannot see it leaves alone, and it leaves
        // groups
        // behind wherever it can.
        before.add(new CoverFolder("/sys/fs/cgroup"));
        List<Slot> passed = new ArrayList<>();
        if (visible) {
            // liblxc's commands find a container by an abstract socket, which they must share the network namespace
            // for.
            Slot outside = plan.slot("the host's network");
            plan.add(PILOT, new OpenOwnNetwork(outside));
            before.add(new OpenOwnNetwork(inside));
            before.add(new JoinNamespaces(outside, new Namespaces(Linux.CLONE_NEWNET)));
            passed.add(inside);
        }
        Slot tool = new ToolStrand(pilot, config, rootfs, network, facts)
                .joiningGroups()
                .openingTerminal()
                .makingTargets()
                .start(streams, before, new ToolExecution(words(config, place, folder), passed, identity.limits()));
        Slot process = plan.slot("process");
        plan.add(PILOT, new AdoptProcess(fifo, "pid ", streams.monitorErr(), tool, process));
        pilot.cleanUp(new RemoveBelow(folder, place.shortId()));
        pilot.killRecorded();
        pilot.close(tool, process, streams);
        return plan;
    }

    private List<String> words(RuntimeConfig config, Placement place, String folder) {
        boolean system = LxcConfig.isSystem(config);
        List<String> words = new ArrayList<>();
        words.add(system ? start : execute);
        if (system) {
            words.add("-F");
        }
        String log = place.containers() + "/" + place.id() + "/" + ToolExecution.LOG;
        words.addAll(List.of("-n", place.shortId(), "-P", folder, "-f", folder + "/" + place.shortId() + "/config"));
        words.addAll(List.of("-q", "-o", log, "-l", "ERROR", "--"));
        words.addAll(config.process().args());
        return words;
    }

    private static String parent(Placement place) {
        return place.running().substring(0, place.running().lastIndexOf('/'));
    }

    private static String folder(Placement place) {
        return parent(place) + "/" + FOLDER;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Plan exec(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return JoiningExec.compile(config, place, facts);
    }
}
