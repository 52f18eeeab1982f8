package io.wherry.runtime.shim;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.host.CgroupLayout;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.ConnectShim;
import io.wherry.kernel.step.EmptyCgroup;
import io.wherry.kernel.step.EnterWorkdir;
import io.wherry.kernel.step.ListenAt;
import io.wherry.kernel.step.MakeCgroup;
import io.wherry.kernel.step.MakeFifo;
import io.wherry.kernel.step.MakeFolder;
import io.wherry.kernel.step.MakePipe;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.SetUmask;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartShim;
import io.wherry.kernel.step.SweepByTool;
import io.wherry.kernel.step.UseStdio;
import io.wherry.kernel.step.WriteFile;
import io.wherry.oci.Digest;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import io.wherry.runtime.ContainerRuntime;
import io.wherry.runtime.ExecPlacement;
import io.wherry.runtime.Placement;
import io.wherry.runtime.oci.OciBundle;
import io.wherry.runtime.pilot.Cgroups;
import io.wherry.runtime.pilot.PilotStrand;
import io.wherry.runtime.pilot.Streams;
import io.wherry.runtime.pilot.ToolExecution;
import io.wherry.runtime.pilot.ToolStrand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A container by a containerd shim. The shim lives in the mount namespace that the root is mounted in, in the container's network namespace, and in a control group of its own, by which the sweep
 * ends it whatever state it is in. A shim has the rights of system root: what it says of pids is believed.
 *
 * @param program absolute path of the shim
 * @param options what it is told, as {@link ShimOptions} has it; may be empty
 */
public record ShimRuntime(String program, byte[] options) implements ContainerRuntime {
    /** The file in the volatile folder that has the shim's address. */
    static final String ADDRESS = "shim";

    /** The namespace of containerd that our containers are in. */
    private static final String NAMESPACE = "wherry";

    private static final String BUNDLE = "b";
    private static final String VERSION = "2.4.2"; // whose protocol this is
    /** What tells a sandbox from a container in it; runsc waits for ever without. */
    private static final String KIND = "io.kubernetes.cri.container-type";
    /** Where shims put their sockets, by a hash of who they serve. */
    private static final String SOCKETS = "/run/containerd/s";
    /** Where the shim of runc keeps that one's state. */
    private static final String STATES = "/run/containerd/runc/" + NAMESPACE;

    @Override
    public Plan compile(
            RuntimeConfig config,
            Rootfs rootfs,
            Placement place,
            Optional<NetworkAttachment> network,
            HostFacts facts) {
        check(place, facts);
        PilotStrand pilot = new PilotStrand(config, place, network, facts);
        Plan plan = pilot.plan();
        pilot.open();
        Slot group = Slot.NONE;
        if (facts.cgroups().unified().isPresent()) {
            group = plan.slot("shim's group");
            plan.add(PILOT, new MakeCgroup(facts.cgroups().unified().get(), Cgroups.PARENT, shimGroup(place), group));
        }
        String folder = pilot.volatilePath() + "/" + BUNDLE;
        Slot bundle = plan.slot("bundle");
        Slot log = plan.slot("shim's log");
        plan.add(PILOT, new MakeFolder(pilot.volatileFolder(), BUNDLE, 0700, bundle));
        plan.add(PILOT, new MakeFolder(bundle, "rootfs", 0700, plan.slot("folder that shims expect")));
        plan.add(PILOT, new WriteFile(bundle, "config.json", document(config, pilot, facts)));
        plan.add(PILOT, new MakeFifo(bundle, "log", log, Slot.NONE));
        ShimStreams streams =
                ShimStreams.of(plan, bundle, folder, config.process().terminal(), place.input());
        Slot socket = start(pilot, config, rootfs, place, network, facts, group, folder);
        ShimRequests requests = new ShimRequests(place.id(), "");
        plan.add(PILOT, requests.create(socket, folder, streams, options));
        plan.add(PILOT, requests.await(socket));
        Slot process = plan.slot("process");
        plan.add(PILOT, requests.start(socket, process));
        streams.leave(plan);
        sweep(pilot, place, facts, folder);
        pilot.close(process, streams.ends(), requests.monitor(socket, log));
        return plan;
    }

    private static void check(Placement place, HostFacts facts) {
        if (!facts.root()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "A containerd shim needs system root: it puts its socket into " + SOCKETS + ".",
                    "The runtimes `native`, `bwrap`, `runc` and `crun` need none.");
        }
        if (place.health().isPresent()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "A containerd shim's container cannot be asked for its health, which the image wants.",
                    "Leave it out with `--no-healthcheck`.");
        }
    }

    private static byte[] document(RuntimeConfig config, PilotStrand pilot, HostFacts facts) {
        RuntimeConfig bundle = OciBundle.of(config, ToolStrand.root(pilot), facts);
        return bundle.annotations().containsKey(KIND)
                ? bundle.toBytes()
                : bundle.toBuilder().annotation(KIND, "sandbox").build().toBytes();
    }

    /** Lets it start, and connects to it. */
    private Slot start(
            PilotStrand pilot,
            RuntimeConfig config,
            Rootfs rootfs,
            Placement place,
            Optional<NetworkAttachment> network,
            HostFacts facts,
            Slot group,
            String folder) {
        Plan plan = pilot.plan();
        Slot nothing = new Slot(0, "null");
        Slot[] said = plan.pair("shim's words", "shim's output");
        plan.add(PILOT, new MakePipe(said[0], said[1]));
        Streams output = new Streams(false, nothing, said[1], nothing, Slot.NONE, Slot.NONE, Slot.NONE);
        List<String> words = words(place);
        words.add("start");
        Slot events = listen(pilot, place);
        Slot child = new ToolStrand(pilot, config, rootfs, network, facts)
                .bornIn(group)
                .startAround(
                        output,
                        List.of(
                                new SetUmask(022),
                                new EnterWorkdir(folder),
                                new UseStdio(nothing, said[1], nothing),
                                new StartShim(words, environment(place), options, bootstrap(place))));
        Slot socket = plan.slot("connection to the shim");
        plan.add(PILOT, new ConnectShim(said[0], child, pilot.volatileFolder(), events, service(events), socket));
        plan.add(PILOT, new CloseDescriptor(said[0]));
        return socket;
    }

    private static Slot listen(PilotStrand pilot, Placement place) {
        if (ShimEvents.address(place).isEmpty()) {
            return Slot.NONE;
        }
        Slot events = pilot.plan().slot("shim's events");
        pilot.plan().add(PILOT, new ListenAt(pilot.volatileFolder(), ShimEvents.SOCKET, events));
        return events;
    }

    private static byte[] service(Slot events) {
        return events.number() < 0 ? new byte[0] : ShimEvents.service();
    }

    /**
     * As containerd's own address, of which the socket's name is made, so that it must stay the same. Shims that ask containerd for more than it tells (runwasi's, for layers of an image) insist on
     * somebody there, and go on when they are turned away.
     */
    private static String address(Placement place) {
        String events = ShimEvents.address(place);
        return events.isEmpty() ? place.running() + "/containerd.sock" : events;
    }

    private static String shimGroup(Placement place) {
        return place.id() + ".shim";
    }

    private List<String> words(Placement place) {
        List<String> words = new ArrayList<>();
        words.add(program);
        words.addAll(List.of("-namespace", NAMESPACE, "-address", address(place)));
        words.addAll(List.of("-publish-binary", "/bin/true", "-id", place.id()));
        return words;
    }

    /** TTRPC_ADDRESS only where somebody answers: with one where nobody does, runsc ends with the next event. */
    private static List<String> environment(Placement place) {
        List<String> environment = new ArrayList<>(ToolExecution.ENVIRONMENT);
        String events = ShimEvents.address(place);
        if (!events.isEmpty()) {
            environment.add("TTRPC_ADDRESS=" + events);
        }
        environment.addAll(List.of(
                "GRPC_ADDRESS=" + address(place), "NAMESPACE=" + NAMESPACE, "MAX_SHIM_VERSION=2", "GOMAXPROCS=2"));
        return environment;
    }

    private byte[] bootstrap(Placement place) {
        Message params = new Message()
                .text(1, place.id())
                .text(2, NAMESPACE)
                .text(4, VERSION)
                .text(5, ShimEvents.address(place))
                .text(6, address(place))
                .text(7, "/bin/true");
        if (options.length > 0) {
            params.bytes(8, new Message().bytes(1, options).bytes());
        }
        return params.bytes();
    }

    /** By the shim's own means first, where nobody answers its events any more; then by names, whatever those did. */
    private void sweep(PilotStrand pilot, Placement place, HostFacts facts, String folder) {
        List<String> words = words(place);
        words.addAll(List.of("-bundle", folder, "delete"));
        pilot.cleanUp(new RemoveBelow(pilot.volatilePath(), ShimEvents.SOCKET));
        pilot.cleanUp(new SweepByTool(folder, words, environment(place)));
        if (facts.cgroups().unified().isPresent()) {
            pilot.cleanUp(new EmptyCgroup(facts.cgroups().unified().get(), Cgroups.PARENT, shimGroup(place), true));
        }
        List<String> hierarchies = new ArrayList<>();
        for (CgroupLayout.Hierarchy hierarchy : facts.cgroups().hierarchies()) { // runc uses more of them than we do
            hierarchies.add(hierarchy.path());
        }
        hierarchies.add("/sys/fs/cgroup/systemd");
        for (String hierarchy : hierarchies) {
            pilot.cleanUp(new EmptyCgroup(hierarchy, Cgroups.PARENT, place.id(), false));
        }
        String socket = Digest.sha256(address(place) + "/" + NAMESPACE + "/" + place.id())
                .hex();
        pilot.cleanUp(new RemoveBelow(SOCKETS, socket));
        pilot.cleanUp(new RemoveBelow(STATES, place.id()));
    }

    @Override
    public Plan exec(RuntimeConfig config, ExecPlacement place, HostFacts facts) {
        return ShimExec.compile(config, place, facts);
    }
}
