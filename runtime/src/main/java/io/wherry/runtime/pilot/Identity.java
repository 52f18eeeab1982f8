package io.wherry.runtime.pilot;

import io.wherry.kernel.caps.Capability;
import io.wherry.kernel.caps.CapabilitySet;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.seccomp.Architecture;
import io.wherry.kernel.seccomp.DefaultProfile;
import io.wherry.kernel.seccomp.FilterCompiler;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.DropBounding;
import io.wherry.kernel.step.EnterWorkdir;
import io.wherry.kernel.step.InstallSeccomp;
import io.wherry.kernel.step.LimitResource;
import io.wherry.kernel.step.NoNewPrivileges;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Resource;
import io.wherry.kernel.step.SetCapabilities;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.Step;
import io.wherry.oci.Capabilities;
import io.wherry.oci.ProcessConfig;
import io.wherry.oci.Rlimit;
import io.wherry.oci.RuntimeConfig;
import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From all rights in the new namespaces down to the container's own: limits, bounding set, filter, ids, capabilities, working folder.
 *
 * <p>Without no-new-privileges the filter must be installed while there still is a right to do so, before the ids change; with it, it comes last, so that it need not
 * allow what the steps before it do. Every change of credentials forgets the death signal, and gives the dumpable flag the value of fs.suid_dumpable;
 * both are therefore set again.
 */
public final class Identity {
    /** The annotation that asks for the default filter, so that config.json need not spell out its 361 names. */
    public static final String SECCOMP_ANNOTATION = "io.wherry.seccomp";

    private final Plan plan;
    private final int strand;
    private final RuntimeConfig config;
    private final HostFacts facts;

    /** Of a strand. */
    public Identity(Plan plan, int strand, RuntimeConfig config, HostFacts facts) {
        this.plan = plan;
        this.strand = strand;
        this.config = config;
        this.facts = facts;
    }

    /** Adds all steps. */
    public void narrow() {
        ProcessConfig process = config.process();
        for (Step limit : limits()) {
            plan.add(strand, limit);
        }
        Capabilities wanted = process.capabilities();
        long bounding = mask(wanted.bounding());
        plan.add(strand, new DropBounding(bounding, facts.lastCapability()));
        if (!process.noNewPrivileges()) {
            seccomp();
        }
        ids(process);
        plan.add(
                strand,
                new SetCapabilities(
                        mask(wanted.permitted()),
                        mask(wanted.effective()),
                        mask(wanted.inheritable()),
                        mask(wanted.ambient())));
        plan.add(strand, new DieWithParent());
        plan.add(strand, new SetDumpable(false));
        plan.add(strand, new EnterWorkdir(process.cwd()));
        if (process.noNewPrivileges()) {
            plan.add(strand, new NoNewPrivileges());
            seccomp();
        }
    }

    /** {@return the limits of its resources alone (setrlimit(2)), which a tool hands down} */
    public List<Step> limits() {
        List<Step> limits = new ArrayList<>();
        for (Rlimit limit : config.process().rlimits()) {
            limits.add(new LimitResource(resource(limit.type()), limit.soft(), limit.hard()));
        }
        return limits;
    }

    /** {@return its filter of system calls alone, as bytes of a classic BPF program; absent for none} */
    public Optional<byte[]> filter() {
        if (config.linux().seccomp().isPresent()) {
            return Optional.of(FilterCompiler.compile(
                            SeccompTranslation.filter(config.linux().seccomp().get()))
                    .bytes());
        }
        if (!"default".equals(config.annotations().get(SECCOMP_ANNOTATION))) {
            return Optional.empty();
        }
        if (!facts.features().seccomp()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "This kernel has no filters of system calls.",
                    "Give --security-opt seccomp=unconfined to run without one.");
        }
        long capabilities = mask(config.process().capabilities().bounding());
        return Optional.of(
                FilterCompiler.compile(DefaultProfile.filter(CapabilitySet.ofMask(capabilities), Architecture.X86_64))
                        .bytes());
    }

    private void ids(ProcessConfig process) {
        if (!config.linux().uidMappings().isEmpty()) {
            return; // there is one id in the namespace, which it has already; its groups are the caller's
        }
        int uid = (int) process.user().uid();
        int gid = (int) process.user().gid();
        boolean single = facts.privilege() instanceof Privilege.Single;
        if (single && (uid != 0 || gid != 0)) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Cannot run as user " + uid + ":" + gid + ": this user has one id, which is root in the container.",
                    ((Privilege.Single) facts.privilege()).reason() + ".");
        }
        List<Integer> groups = new ArrayList<>();
        groups.add(gid); // the primary one too, or permissions that exclude it could be bypassed
        for (long group : process.user().additionalGids()) {
            if (!groups.contains((int) group)) {
                groups.add((int) group);
            }
        }
        plan.add(strand, new SetIds(uid, gid, groups, !single));
    }

    private void seccomp() {
        String profile = config.linux().seccomp().isPresent() ? "the given profile" : "the default profile";
        filter().ifPresent(bytes -> plan.add(strand, new InstallSeccomp(bytes, 0, profile)));
    }

    /** What the caller itself does not have it cannot give: asked for by name, that was refused before. */
    private long mask(List<String> names) {
        long mask = 0;
        for (String name : names) {
            Capability capability = Capability.find(name)
                    .orElseThrow(() ->
                            new WherryException(WherryException.Kind.INVALID, "`" + name + "` is not a capability."));
            mask |= 1L << capability.number();
        }
        return mask;
    }

    private static Resource resource(String type) {
        String name = type.startsWith("RLIMIT_") ? type.substring("RLIMIT_".length()) : type;
        for (Resource resource : Resource.values()) {
            if (resource.name().equals(name)) {
                return resource;
            }
        }
        throw new WherryException(WherryException.Kind.INVALID, "`" + type + "` is not a resource limit.");
    }
}
