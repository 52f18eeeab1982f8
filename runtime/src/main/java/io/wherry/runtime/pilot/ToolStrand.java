package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.INSIDE;
import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdjustOomScore;
import io.wherry.kernel.step.AdoptOrphans;
import io.wherry.kernel.step.AttachMount;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.MakeTarget;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.NewSession;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenTerminalOutside;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.SetPropagation;
import io.wherry.kernel.step.SetSysctl;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.kernel.step.Step;
import io.wherry.oci.Mount;
import io.wherry.oci.Namespace;
import io.wherry.oci.RuntimeConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The strand of a tool of the host which brings the container to life, up to where that is executed ({@link ToolExecution}). The tool finds everything in place: the root, mounted in a mount namespace that it is alone in; the container's
 * control groups, network, and, for an ordinary user, user namespace. So networks and limits are the same under every tool, and what the tool mounts is gone with it.
 */
public final class ToolStrand {
    /** The folder in the container's volatile one that the root is mounted at. */
    private static final String ROOTFS = "rootfs";

    private final PilotStrand pilot;
    private final Plan plan;
    private final RuntimeConfig config;
    private final Rootfs rootfs;
    private final Optional<NetworkAttachment> network;
    private final HostFacts facts;
    private boolean joinsGroups;
    private Slot bornIn = Slot.NONE;
    private boolean opensTerminal;
    private boolean makesTargets;
    private boolean aloneWithItsChildren;

    /**
     * Of a container.
     *
     * @param network how it gets onto a network; absent for none and for the host's
     */
    public ToolStrand(
            PilotStrand pilot,
            RuntimeConfig config,
            Rootfs rootfs,
            Optional<NetworkAttachment> network,
            HostFacts facts) {
        this.pilot = pilot;
        this.plan = pilot.plan();
        this.config = config;
        this.rootfs = rootfs;
        this.network = network;
        this.facts = facts;
    }

    /** {@return absolute path of the root, as the tool sees it} */
    public static String root(PilotStrand pilot) {
        return pilot.volatilePath() + "/" + ROOTFS;
    }

    /** The tool and its children are in the container's groups; for those that make none themselves. */
    public ToolStrand joiningGroups() {
        joinsGroups = true;
        return this;
    }

    /** The tool and whatever it leaves behind are in that group of version 2, unless they leave it. */
    public ToolStrand bornIn(Slot group) {
        bornIn = group;
        return this;
    }

    /** The tool has a terminal of the host's, if the container has one; for those that make none themselves. */
    public ToolStrand openingTerminal() {
        opensTerminal = config.process().terminal();
        return this;
    }

    /** The tool's children end with it, whatever it has told of them so far: it is the first of a namespace of processes. For one that stays as long as the container. */
    public ToolStrand aloneWithItsChildren() {
        aloneWithItsChildren = true;
        return this;
    }

    /** What the tool mounts over is made; for those that cannot make it in a root that is read-only. */
    public ToolStrand makingTargets() {
        makesTargets = true;
        return this;
    }

    /**
     * Adds the start, up to where the tool runs.
     *
     * @param streams the container's; the tool has its ends
     * @param before steps of the strand right before the tool
     * @return its process
     */
    public Slot start(Streams streams, List<Step> before, ToolExecution tool) {
        Slot[] sockets = plan.pair("tool", "pilot");
        Slot process = begin(sockets, streams);
        for (Step step : before) {
            plan.add(INSIDE, step);
        }
        tool.add(plan, INSIDE, streams, List.of("XDG_RUNTIME_DIR=" + pilot.volatilePath()));
        if (opensTerminal) {
            plan.add(PILOT, new AwaitMark(sockets[0], Mark.TERMINAL, streams.monitorOut(), false));
        }
        plan.add(PILOT, new AwaitMark(sockets[0], Mark.EXECUTING, Slot.NONE, true));
        return process;
    }

    /**
     * Adds the start of a process that does not become the tool but lets it run as a child, and waits for it.
     *
     * @param streams the process has its ends
     * @param work what it does, once all is in place
     * @return that process
     */
    public Slot startAround(Streams streams, List<Step> work) {
        Slot[] sockets = plan.pair("around the tool", "pilot");
        Slot process = begin(sockets, streams);
        for (Step step : work) {
            plan.add(INSIDE, step);
        }
        return process;
    }

    private Slot begin(Slot[] sockets, Streams streams) {
        Slot process = plan.slot("tool's process");
        plan.add(PILOT, new AdoptOrphans());
        plan.add(PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        plan.add(PILOT, new StartProcess(namespaces(), INSIDE, group(), sockets[0], sockets[1], process));
        streams.leave(plan);
        pilot.map(sockets[0]);
        pilot.cgroups().makeOthers(plan);
        pilot.connect(process, sockets[0]);
        pilot.release(sockets[0]);
        inside(sockets[1], streams);
        return process;
    }

    private Slot group() {
        Slot group = pilot.cgroups().startIn();
        boolean born = group.number() >= 0 && (joinsGroups || !pilot.cgroups().memoryIsUnified());
        return bornIn.number() >= 0 ? bornIn : born ? group : Slot.NONE;
    }

    private Namespaces namespaces() {
        boolean ownNetwork = config.linux().namespace(Namespace.Type.NETWORK).isPresent();
        return new Namespaces(Linux.CLONE_NEWNS
                | (ownNetwork ? Linux.CLONE_NEWNET : 0)
                | (aloneWithItsChildren ? Linux.CLONE_NEWPID : 0)
                | (facts.root() ? 0 : Linux.CLONE_NEWUSER));
    }

    private void inside(Slot socket, Streams streams) {
        plan.add(INSIDE, new DieWithParent());
        if (!facts.root()) {
            plan.add(INSIDE, new AwaitMark(socket, Mark.MAPPED, Slot.NONE, false));
            InsideIds ids = InsideIds.of(config, facts);
            plan.add(INSIDE, new SetIds(ids.uid(), ids.gid(), List.of(), !ids.single()));
            plan.add(INSIDE, new DieWithParent());
        }
        plan.add(INSIDE, new SetPropagation(false));
        Slot root = plan.slot("rootfs");
        Slot folder = plan.slot("volatile folder, seen from here");
        RootMount.add(plan, INSIDE, rootfs, facts, root);
        plan.add(INSIDE, new OpenFolder(pilot.volatilePath(), folder));
        plan.add(INSIDE, new AttachMount(root, folder, ROOTFS, false, false));
        if (makesTargets) {
            targets(root);
        }
        if (joinsGroups) {
            pilot.cgroups().prepareToJoin(plan, INSIDE);
        }
        if (joinsGroups && config.process().oomScoreAdj().isPresent()) {
            Slot proc = plan.slot("/proc");
            plan.add(INSIDE, new OpenFolder("/proc", proc));
            plan.add(
                    INSIDE,
                    new AdjustOomScore(proc, config.process().oomScoreAdj().getAsInt()));
        }
        plan.add(INSIDE, new NewSession(true));
        if (opensTerminal) {
            plan.add(INSIDE, new OpenTerminalOutside(socket, streams.in()));
        }
        if (network.isPresent()) {
            if (pilot.connects()) {
                plan.add(INSIDE, new AwaitMark(socket, Mark.NETWORK, Slot.NONE, false));
            }
            network.get().inside(plan, INSIDE);
        }
        parametersOfNetwork();
        plan.add(INSIDE, new AwaitMark(socket, Mark.GO, Slot.NONE, false));
        if (joinsGroups) {
            pilot.cgroups().join(plan, INSIDE);
        }
    }

    private void targets(Slot root) {
        for (Mount mount : config.mounts()) {
            String target = mount.destination();
            boolean kernels = target.startsWith("/dev/") || target.startsWith("/proc/") || target.startsWith("/sys/");
            if (!kernels) {
                boolean file = mount.isBind() && BindSource.isFile(mount);
                plan.add(INSIDE, new MakeTarget(root, target, file));
            }
        }
        if (!config.process().cwd().equals("/")) {
            plan.add(INSIDE, new MakeTarget(root, config.process().cwd(), false));
        }
    }

    /** {@return whether a kernel parameter belongs to a network namespace} Those are set here, as the namespace is made here. */
    public static boolean isOfNetwork(String parameter) {
        return parameter.startsWith("net.");
    }

    private void parametersOfNetwork() {
        if (config.linux().namespace(Namespace.Type.NETWORK).isEmpty()) {
            return;
        }
        Slot proc = Slot.NONE;
        for (Map.Entry<String, String> parameter : config.linux().sysctl().entrySet()) {
            if (isOfNetwork(parameter.getKey())) {
                if (proc.number() < 0) {
                    proc = plan.slot("/proc, for the network");
                    plan.add(INSIDE, new OpenFolder("/proc", proc));
                }
                plan.add(INSIDE, new SetSysctl(proc, parameter.getKey(), parameter.getValue()));
            }
        }
    }
}
