package io.wherry.runtime.native_;

import static io.wherry.kernel.program.Assembler.INSIDE;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdjustOomScore;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.CloseDescriptors;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.Execute;
import io.wherry.kernel.step.MakeTarget;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.MaskPath;
import io.wherry.kernel.step.MountAttributes;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.NewSession;
import io.wherry.kernel.step.OpenHostTerminal;
import io.wherry.kernel.step.OpenTerminal;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ReadOnlyPath;
import io.wherry.kernel.step.ReapAsInit;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.SetHostname;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.SetMountAttributes;
import io.wherry.kernel.step.SetPropagation;
import io.wherry.kernel.step.SetSysctl;
import io.wherry.kernel.step.SetUmask;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.SwitchRoot;
import io.wherry.kernel.step.SyncIntent;
import io.wherry.kernel.step.TakeTerminal;
import io.wherry.kernel.step.UnshareCgroup;
import io.wherry.kernel.step.UseStdio;
import io.wherry.oci.Namespace;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.RuntimeConfig;
import io.wherry.runtime.pilot.Candidates;
import io.wherry.runtime.pilot.Cgroups;
import io.wherry.runtime.pilot.Identity;
import io.wherry.runtime.pilot.InsideIds;
import io.wherry.runtime.pilot.PilotStrand;
import io.wherry.runtime.pilot.RootMount;
import io.wherry.runtime.pilot.Streams;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The strand of the container's first process, from its birth in new namespaces to the program it executes (OCI runtime-spec, "Lifecycle" and
 * "Linux container configuration").
 *
 * <p>The order: a death signal first, and nobody may look in from as early as can be; then everything that names the host is turned into descriptors; then the root is switched; then mounts are
 * attached inside; then masks, before anything of the container runs; then the barriers with the parent, behind all that can be done without it; then identity, from the widest right to the
 * narrowest, since each step needs a right that a later one gives up.
 */
final class FirstProcess {
    private final Plan plan;
    private final RuntimeConfig config;
    private final Rootfs rootfs;
    private final HostFacts facts;
    private final Cgroups cgroups;
    private final Streams streams;
    private final Slot pilot;
    private final boolean waitsForNetwork;
    private final boolean hidden;
    private final Slot intent;
    private final Slot owners;
    private final Slot root;

    FirstProcess(
            Plan plan,
            RuntimeConfig config,
            Rootfs rootfs,
            HostFacts facts,
            Cgroups cgroups,
            Streams streams,
            Slot pilot,
            boolean waitsForNetwork,
            boolean hidden,
            Slot intent,
            Slot owners) {
        this.owners = owners;
        this.plan = plan;
        this.config = config;
        this.rootfs = rootfs;
        this.facts = facts;
        this.cgroups = cgroups;
        this.streams = streams;
        this.pilot = pilot;
        this.waitsForNetwork = waitsForNetwork;
        this.hidden = hidden;
        this.intent = intent;
        this.root = plan.slot("rootfs");
    }

    /**
     * Adds the steps.
     *
     * @param sendsDevices whether the pilot is given its /dev
     */
    void start(Optional<NetworkAttachment> network, boolean sendsDevices) {
        ProcessConfig process = config.process();
        plan.add(INSIDE, new DieWithParent());
        if (hidden) {
            plan.add(INSIDE, new SetDumpable(false));
        }
        if (!facts.root()) {
            plan.add(INSIDE, new AwaitMark(pilot, Mark.MAPPED, Slot.NONE, false));
            InsideIds ids = InsideIds.of(config, facts);
            plan.add(INSIDE, new SetIds(ids.uid(), ids.gid(), List.of(), !ids.single()));
            plan.add(INSIDE, new DieWithParent());
        }
        boolean follows = "slave".equals(config.linux().rootfsPropagation().orElse(""));
        plan.add(INSIDE, new SetPropagation(follows));
        RootMount.add(plan, INSIDE, rootfs, facts, root);
        if (facts.root()) {
            boolean makesNodes = process.capabilities().bounding().contains("CAP_MKNOD");
            if (config.linux().resources().devices().isEmpty() && !makesNodes) {
                // Nothing else keeps a device node of the image from being opened.
                plan.add(INSIDE, new SetMountAttributes(root, MountAttributes.of(Linux.MOUNT_ATTR_NODEV), false));
            }
            plan.add(INSIDE, new SendMark(pilot, Mark.ROOT, root));
        }
        cgroups.prepareToJoin(plan, INSIDE);
        Mounts mounts = new Mounts(plan, config, facts, root, owners);
        mounts.prepare();
        if (process.oomScoreAdj().isPresent()) {
            // Before a user's process is hidden: then the file is system root's.
            plan.add(
                    INSIDE,
                    new AdjustOomScore(mounts.procfs(), process.oomScoreAdj().getAsInt()));
        }
        if (!facts.root()) {
            plan.add(INSIDE, new SetDumpable(false));
        }
        Slot master = openHostTerminal(mounts);
        plan.add(INSIDE, new SwitchRoot(root));
        mounts.attach();
        if (sendsDevices) {
            plan.add(INSIDE, new SendMark(pilot, Mark.DEVICES, mounts.devices()));
        }
        if (!process.cwd().equals("/")) {
            plan.add(INSIDE, new MakeTarget(root, process.cwd(), false));
        }
        protect(mounts);
        if (network.isPresent() && !waitsForNetwork) {
            network.get().inside(plan, INSIDE);
        }
        if (config.hostname().isPresent()) {
            plan.add(
                    INSIDE,
                    new SetHostname(config.hostname().get(), config.domainname().orElse("")));
        }
        plan.add(INSIDE, new NewSession(true));
        if (streams.terminal()) {
            plan.add(
                    INSIDE,
                    master.number() < 0
                            ? new OpenTerminal(mounts.devpts(), mounts.devices(), pilot, streams.in())
                            : new TakeTerminal(streams.in(), master, pilot));
        }
        if (intent.number() >= 0) {
            plan.add(INSIDE, new SyncIntent(intent));
        }
        meetParent(network, mounts);
        new Identity(plan, INSIDE, config, facts).narrow();
        plan.add(INSIDE, new UseStdio(streams.in(), streams.out(), streams.err()));
        if (config.annotations().containsKey(PilotStrand.INIT_ANNOTATION)) {
            plan.add(INSIDE, new ReapAsInit(!facts.root()));
            plan.add(INSIDE, new DieWithParent());
        }
        plan.add(INSIDE, new SetUmask(process.user().umask().orElse(022)));
        plan.add(INSIDE, new CloseDescriptors());
        plan.add(INSIDE, new Execute(Candidates.of(process), process.args(), process.env()));
    }

    /** Where its /dev is the host's, so is its terminal. {@return the monitor's end; {@link Slot#NONE} where it will have one of its own, or none} */
    private Slot openHostTerminal(Mounts mounts) {
        if (!streams.terminal() || mounts.devpts().number() >= 0) {
            return Slot.NONE;
        }
        Slot master = plan.slot("terminal, from inside");
        plan.add(INSIDE, new OpenHostTerminal(master, streams.in()));
        return master;
    }

    /** What needs the parent's part: its network, its groups, its word that all is ready. */
    private void meetParent(Optional<NetworkAttachment> network, Mounts mounts) {
        if (waitsForNetwork) {
            plan.add(INSIDE, new AwaitMark(pilot, Mark.NETWORK, Slot.NONE, false));
            network.ifPresent(attachment -> attachment.inside(plan, INSIDE));
        }
        if (facts.root() && !hidden) {
            plan.add(INSIDE, new SetDumpable(false));
        }
        plan.add(INSIDE, new AwaitMark(pilot, Mark.GO, Slot.NONE, false));
        cgroups.join(plan, INSIDE);
        if (has(Namespace.Type.CGROUP)) {
            plan.add(INSIDE, new UnshareCgroup());
        }
        if (mounts.wantsCgroups()) {
            cgroups.mount(plan, root);
        }
        if (config.root().readonly()) {
            plan.add(INSIDE, new SetMountAttributes(root, MountAttributes.of(Linux.MOUNT_ATTR_RDONLY), false));
        }
    }

    /** Kernel parameters, masks and read-only paths, all through our own descriptors of the kernel's filesystems. */
    private void protect(Mounts mounts) {
        for (Map.Entry<String, String> parameter : config.linux().sysctl().entrySet()) {
            plan.add(INSIDE, new SetSysctl(mounts.procfs(), parameter.getKey(), parameter.getValue()));
        }
        for (String path : config.linux().maskedPaths()) {
            mounts.inKernelFilesystem(path)
                    .ifPresent(place ->
                            plan.add(INSIDE, new MaskPath(place.filesystem(), place.path(), mounts.devices())));
        }
        for (String path : config.linux().readonlyPaths()) {
            mounts.inKernelFilesystem(path)
                    .ifPresent(place -> plan.add(INSIDE, new ReadOnlyPath(place.filesystem(), place.path())));
        }
    }

    private boolean has(Namespace.Type type) {
        for (Namespace namespace : config.linux().namespaces()) {
            if (namespace.type() == type) {
                return true;
            }
        }
        return false;
    }
}
