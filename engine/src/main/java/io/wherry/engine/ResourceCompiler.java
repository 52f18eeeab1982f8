package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.oci.CpuLimits;
import io.wherry.oci.DeviceRule;
import io.wherry.oci.MemoryLimits;
import io.wherry.oci.PidsLimit;
import io.wherry.oci.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Limits and device rules of a container. Defaults apply where the host can enforce them; what was asked for and cannot be had is refused by the runtime. */
final class ResourceCompiler {
    private static final long DEFAULT_PIDS = 2048;
    private static final long SMALLEST_MEMORY = 6L << 20;

    private final ContainerSpec spec;
    private final HostFacts facts;

    ResourceCompiler(ContainerSpec spec, HostFacts facts) {
        this.spec = spec;
        this.facts = facts;
    }

    Resources resources() {
        return Resources.of(devices(), memory(), cpu(), pids());
    }

    private MemoryLimits memory() {
        if (spec.memory() > 0 && spec.memory() < SMALLEST_MEMORY) {
            throw ConfigCompiler.invalid("A memory limit of " + spec.memory() + " bytes is below the least, 6 MiB.");
        }
        if (spec.memorySwap() > 0 && spec.memory() == 0) {
            throw ConfigCompiler.invalid("A limit of memory and swap together needs one of memory too.");
        }
        if (spec.memorySwap() > 0 && spec.memorySwap() < spec.memory()) {
            throw ConfigCompiler.invalid("The limit of memory and swap together, " + spec.memorySwap()
                    + " bytes, is below that of memory, " + spec.memory() + ".");
        }
        return MemoryLimits.of(given(spec.memory()), given(spec.memoryReservation()), given(spec.memorySwap()));
    }

    private CpuLimits cpu() {
        return CpuLimits.of(
                given(spec.cpuShares()),
                given(spec.cpuQuota()),
                given(spec.cpuPeriod()),
                spec.cpusetCpus(),
                spec.cpusetMems());
    }

    private PidsLimit pids() {
        if (spec.pidsLimit() != 0) {
            return PidsLimit.of(spec.pidsLimit());
        }
        boolean possible =
                facts.cgroups().hierarchy("pids").isPresent() || facts.cgroups().unifiedHas("pids");
        return possible ? PidsLimit.of(DEFAULT_PIDS) : PidsLimit.NONE;
    }

    private List<DeviceRule> devices() {
        boolean possible = facts.deviceRules();
        if (!possible) {
            return List.of(); // a user cannot make nodes, so the host's permissions decide
        }
        List<DeviceRule> rules = new ArrayList<>();
        if (spec.privileged()) {
            return rules;
        }
        rules.add(DeviceRule.DENY_ALL);
        rules.add(DeviceRule.allow("c", 1, 3, "rwm"));
        rules.add(DeviceRule.allow("c", 1, 5, "rwm"));
        rules.add(DeviceRule.allow("c", 1, 7, "rwm"));
        rules.add(DeviceRule.allow("c", 1, 8, "rwm"));
        rules.add(DeviceRule.allow("c", 1, 9, "rwm"));
        rules.add(DeviceRule.allow("c", 5, 0, "rwm"));
        rules.add(DeviceRule.allow("c", 5, 1, "rwm"));
        rules.add(DeviceRule.allow("c", 5, 2, "rwm"));
        rules.add(anyMinor(136));
        rules.add(anyNode("c"));
        rules.add(anyNode("b"));
        for (String device : spec.devices()) {
            if (!DeviceSelector.is(device)) {
                rules.add(HostDevice.parse(device).rule());
            }
        }
        return rules;
    }

    private static DeviceRule anyMinor(long major) {
        return new DeviceRule(true, Optional.of("c"), OptionalLong.of(major), OptionalLong.empty(), Optional.of("rwm"));
    }

    /** Nodes may be made, as Docker allows; only opening them is denied. */
    private static DeviceRule anyNode(String type) {
        return new DeviceRule(true, Optional.of(type), OptionalLong.empty(), OptionalLong.empty(), Optional.of("m"));
    }

    private static OptionalLong given(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
