package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.engine.Container;
import io.wherry.engine.ContainerStats;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What one container uses as {@code stats} shows it, by docker's field names. */
final class StatsRow {
    /** Where a figure comes from that no control group counts. */
    static final String PROC = "/proc";

    private static final String FROM_PROC = " (from /proc)";
    private static final String UNKNOWN = "--";
    private static final List<String> COLUMNS =
            List.of("ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs");

    private StatsRow() {}

    /**
     * {@return how {@code stats} prints}
     *
     * @param processorFromProc whether some of these figures were added up from {@code /proc}, which their title says
     * @param memoryFromProc likewise
     */
    static Listing listing(boolean processorFromProc, boolean memoryFromProc) {
        return new Listing(
                JsonObject.builder()
                        .put("Container", "CONTAINER")
                        .put("ID", "CONTAINER ID")
                        .put("Name", "NAME")
                        .put("CPUPerc", "CPU %" + (processorFromProc ? FROM_PROC : ""))
                        .put("MemUsage", "MEM USAGE / LIMIT" + (memoryFromProc ? FROM_PROC : ""))
                        .put("MemPerc", "MEM %")
                        .put("NetIO", "NET I/O")
                        .put("BlockIO", "BLOCK I/O")
                        .put("PIDs", "PIDS")
                        .put("CPUSource", "CPU FROM")
                        .put("MemSource", "MEM FROM")
                        .build(),
                COLUMNS);
    }

    /**
     * {@return the fields}
     *
     * @param word what the user called it
     * @param before an earlier look, to which processor time is compared
     */
    static JsonObject of(
            Container container,
            String word,
            boolean wide,
            Optional<ContainerStats> before,
            Optional<ContainerStats> now) {
        JsonObject.Builder row = JsonObject.builder()
                .put("Container", word)
                .put("ID", wide ? container.id() : Human.shortId(container.id()))
                .put("Name", container.name());
        if (now.isEmpty()) {
            return row.put("CPUPerc", Human.percent(0))
                    .put("MemUsage", "0B / 0B")
                    .put("MemPerc", Human.percent(0))
                    .put("NetIO", "0B / 0B")
                    .put("BlockIO", "0B / 0B")
                    .put("PIDs", "0")
                    .put("CPUSource", UNKNOWN)
                    .put("MemSource", UNKNOWN)
                    .build();
        }
        ContainerStats stats = now.get();
        return row.put("CPUPerc", Human.percent(before.isEmpty() ? 0 : stats.processorPercent(before.get())))
                .put("MemUsage", Human.binarySize(stats.memory()) + " / " + Human.binarySize(stats.memoryLimit()))
                .put("MemPerc", Human.percent(stats.memoryPercent()))
                .put("NetIO", pair(stats.received(), stats.sent(), "0B"))
                .put("BlockIO", pair(stats.read(), stats.written(), UNKNOWN))
                .put("PIDs", Long.toString(stats.processes()))
                .put("CPUSource", stats.processorFromProc() ? PROC : "cgroup")
                .put("MemSource", stats.memoryFromProc() ? PROC : "cgroup")
                .build();
    }

    private static String pair(OptionalLong first, OptionalLong second, String absent) {
        return size(first, absent) + " / " + size(second, absent);
    }

    private static String size(OptionalLong bytes, String absent) {
        return bytes.isPresent() ? Human.size(bytes.getAsLong()) : absent;
    }
}
