package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Processor time of the container.
 *
 * @param shares relative weight, 2 to 262144, in the units of cgroup v1
 * @param quota microseconds in each period; -1 is no limit
 * @param burst microseconds that may be saved up
 * @param period in microseconds
 * @param realtimeRuntime in microseconds
 * @param realtimePeriod in microseconds
 * @param cpus list of processors, such as {@code 0-3,6}
 * @param mems list of memory nodes
 * @param idle 1 for the idle policy
 * @see "OCI runtime-spec v1.2, config-linux.md, CPU"
 */
public record CpuLimits(
        OptionalLong shares,
        OptionalLong quota,
        OptionalLong burst,
        OptionalLong period,
        OptionalLong realtimeRuntime,
        OptionalLong realtimePeriod,
        Optional<String> cpus,
        Optional<String> mems,
        OptionalLong idle,
        JsonObject extra) {
    public static final CpuLimits NONE =
            of(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty());

    public static CpuLimits of(
            OptionalLong shares,
            OptionalLong quota,
            OptionalLong period,
            Optional<String> cpus,
            Optional<String> mems) {
        return new CpuLimits(
                shares,
                quota,
                OptionalLong.empty(),
                period,
                OptionalLong.empty(),
                OptionalLong.empty(),
                cpus,
                mems,
                OptionalLong.empty(),
                JsonObject.empty());
    }

    static CpuLimits fromJson(Fields in) {
        return new CpuLimits(
                in.unsigned("shares"),
                in.integer("quota"),
                in.unsigned("burst"),
                in.unsigned("period"),
                in.integer("realtimeRuntime"),
                in.unsigned("realtimePeriod"),
                in.string("cpus"),
                in.string("mems"),
                in.integer("idle"),
                in.rest());
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .putUnsignedIfPresent("shares", shares)
                .putIfPresent("quota", quota)
                .putUnsignedIfPresent("burst", burst)
                .putUnsignedIfPresent("period", period)
                .putIfPresent("realtimeRuntime", realtimeRuntime)
                .putUnsignedIfPresent("realtimePeriod", realtimePeriod)
                .putIfPresent("cpus", cpus)
                .putIfPresent("mems", mems)
                .putIfPresent("idle", idle)
                .putMissing(extra)
                .build();
    }
}
