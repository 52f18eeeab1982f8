package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Memory of the container, in bytes; -1 is no limit.
 *
 * @param swap memory and swap together
 * @param swappiness 0 to 100, cgroup v1 only
 * @see "OCI runtime-spec v1.2, config-linux.md, Memory"
 */
public record MemoryLimits(
        OptionalLong limit,
        OptionalLong reservation,
        OptionalLong swap,
        OptionalLong kernel,
        OptionalLong kernelTcp,
        OptionalLong swappiness,
        boolean disableOomKiller,
        Optional<Boolean> useHierarchy,
        boolean checkBeforeUpdate,
        JsonObject extra) {
    public static final MemoryLimits NONE = of(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    public static MemoryLimits of(OptionalLong limit, OptionalLong reservation, OptionalLong swap) {
        return new MemoryLimits(
                limit,
                reservation,
                swap,
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                Optional.empty(),
                false,
                JsonObject.empty());
    }

    public MemoryLimits withSwappiness(long value) {
        return new MemoryLimits(
                limit,
                reservation,
                swap,
                kernel,
                kernelTcp,
                OptionalLong.of(value),
                disableOomKiller,
                useHierarchy,
                checkBeforeUpdate,
                extra);
    }

    public MemoryLimits withDisableOomKiller(boolean value) {
        return new MemoryLimits(
                limit, reservation, swap, kernel, kernelTcp, swappiness, value, useHierarchy, checkBeforeUpdate, extra);
    }

    static MemoryLimits fromJson(Fields in) {
        return new MemoryLimits(
                in.integer("limit"),
                in.integer("reservation"),
                in.integer("swap"),
                in.integer("kernel"),
                in.integer("kernelTCP"),
                in.integer("swappiness"),
                in.flag("disableOOMKiller"),
                in.optionalFlag("useHierarchy"),
                in.flag("checkBeforeUpdate"),
                in.rest());
    }

    JsonObject toJson() {
        JsonObject.Builder out = JsonObject.builder()
                .putIfPresent("limit", limit)
                .putIfPresent("reservation", reservation)
                .putIfPresent("swap", swap)
                .putIfPresent("kernel", kernel)
                .putIfPresent("kernelTCP", kernelTcp)
                .putIfPresent("swappiness", swappiness)
                .putIfTrue("disableOOMKiller", disableOomKiller);
        if (useHierarchy.isPresent()) {
            out.put("useHierarchy", useHierarchy.get());
        }
        return out.putIfTrue("checkBeforeUpdate", checkBeforeUpdate)
                .putMissing(extra)
                .build();
    }
}
