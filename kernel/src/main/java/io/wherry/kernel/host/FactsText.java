package io.wherry.kernel.host;

import io.wherry.kernel.step.IdRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Facts as text, to be kept for the next command of the same caller: lines {@code key value} in a fixed order, the last one is {@code end}. What is not exactly of this form is
 * none. Holds the features alone where the rest may get better while the host runs (see {@link #isComplete}).
 */
public final class FactsText {
    private static final String FIRST = "facts 1";
    private static final String LAST = "end";

    private final String text;
    private int at;

    private FactsText(String text) {
        this.text = text;
    }

    /**
     * What was kept.
     *
     * @param features what the kernel can
     * @param facts all of it; absent where that must be read anew
     */
    public record Kept(Features features, Optional<HostFacts> facts) {}

    /** {@return the text} */
    public static String write(HostFacts facts, Caller caller) {
        StringBuilder out = new StringBuilder(FIRST).append('\n');
        Features features = facts.features();
        line(out, "caller", caller.word());
        out.append("features ");
        flag(flag(out, features.overlay()), features.seccomp());
        flag(flag(out, features.overlayOneByOne()), features.networkNamespaceByPidfd());
        flag(out, features.devicePrograms()).append('\n');
        if (isComplete(facts)) {
            rest(out, facts);
        }
        return out.append(LAST).append('\n').toString();
    }

    /**
     * {@return whether nothing is missing that could come by and by: a range of ids, a controller that is handed down later. What is there and goes makes a start fail, and then
     * everything is asked again; what is missing would be refused for good}
     */
    static boolean isComplete(HostFacts facts) {
        Features features = facts.features();
        boolean rights = facts.deviceRules() || !facts.root();
        return features.overlay()
                && features.seccomp()
                && rights
                && !(facts.privilege() instanceof Privilege.Single)
                && limits(facts, "memory")
                && limits(facts, "cpu")
                && limits(facts, "pids")
                && (limits(facts, "cpuset") || !facts.root());
    }

    private static boolean limits(HostFacts facts, String controller) {
        return facts.cgroups().unifiedHas(controller)
                || facts.cgroups().hierarchy(controller).isPresent();
    }

    private static void rest(StringBuilder out, HostFacts facts) {
        line(out, "boot", facts.bootId());
        line(out, "kernel", facts.kernel());
        if (facts.privilege() instanceof Privilege.Ranges ranges) {
            line(out, "ranges", ranges.uid() + " " + ranges.gid());
            line(out, "newuidmap", ranges.newuidmap());
            line(out, "newgidmap", ranges.newgidmap());
            line(out, "uids", ids(ranges.uids()));
            line(out, "gids", ids(ranges.gids()));
        }
        line(out, "capabilities", Long.toString(facts.capabilities()));
        line(out, "last", Integer.toString(facts.lastCapability()));
        for (CgroupLayout.Hierarchy hierarchy : facts.cgroups().hierarchies()) {
            line(out, "hierarchy", hierarchy.controllers() + " " + hierarchy.path());
        }
        if (facts.cgroups().unified().isPresent()) {
            line(out, "unified", facts.cgroups().unified().get());
        }
        line(out, "controllers", facts.cgroups().unifiedControllers());
        line(out, "cpus", Integer.toString(facts.cpus()));
        line(out, "cpuset", facts.cpuset());
        line(out, "memset", facts.memset());
        line(out, "nofile", Long.toString(facts.nofile()));
    }

    private static void line(StringBuilder out, String key, String value) {
        out.append(key).append(' ').append(value).append('\n');
    }

    private static StringBuilder flag(StringBuilder out, boolean value) {
        return out.append(value ? '1' : '0');
    }

    private static String ids(List<IdRange> ranges) {
        StringBuilder out = new StringBuilder();
        for (IdRange range : ranges) {
            out.append(out.isEmpty() ? "" : " ")
                    .append(range.inside())
                    .append(' ')
                    .append(range.outside())
                    .append(' ')
                    .append(range.count());
        }
        return out.toString();
    }

    /** {@return what a text holds for a caller, or null if it is damaged or another's} */
    public static @Nullable Kept read(String text, Caller caller) {
        try {
            return new FactsText(text).read(caller);
        } catch (IllegalArgumentException e) {
            return null; // whatever is wrong with it, it is made anew
        }
    }

    private @Nullable Kept read(Caller caller) {
        if (!line().equals(FIRST) || !value("caller").equals(caller.word())) {
            return null;
        }
        String flags = value("features");
        if (flags.length() != 5) {
            return null;
        }
        Features features =
                new Features(isSet(flags, 0), isSet(flags, 1), isSet(flags, 2), isSet(flags, 3), isSet(flags, 4));
        Optional<HostFacts> facts = isNext(LAST) ? Optional.empty() : Optional.of(facts(features, caller));
        return line().equals(LAST) && at == text.length() ? new Kept(features, facts) : null;
    }

    private HostFacts facts(Features features, Caller caller) {
        String boot = value("boot");
        String kernel = value("kernel");
        Privilege privilege = privilege(caller);
        long capabilities = Long.parseLong(value("capabilities"));
        int last = Integer.parseInt(value("last"));
        return new HostFacts(
                boot,
                kernel,
                privilege,
                capabilities,
                last,
                cgroups(),
                Integer.parseInt(value("cpus")),
                value("cpuset"),
                value("memset"),
                features,
                Long.parseLong(value("nofile")));
    }

    private Privilege privilege(Caller caller) {
        if (caller.systemRoot()) {
            return new Privilege.Root();
        }
        String ids = value("ranges");
        int blank = ids.indexOf(' ');
        if (blank < 0) {
            throw new IllegalArgumentException(ids);
        }
        String newuidmap = value("newuidmap");
        String newgidmap = value("newgidmap");
        return new Privilege.Ranges(
                Integer.parseInt(ids.substring(0, blank)),
                Integer.parseInt(ids.substring(blank + 1)),
                ranges(value("uids")),
                ranges(value("gids")),
                newuidmap,
                newgidmap);
    }

    private static List<IdRange> ranges(String text) {
        String[] numbers = text.split(" ", -1);
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < numbers.length; i += 3) {
            if (i + 2 >= numbers.length) {
                throw new IllegalArgumentException(text);
            }
            ranges.add(new IdRange(
                    Long.parseLong(numbers[i]), Long.parseLong(numbers[i + 1]), Long.parseLong(numbers[i + 2])));
        }
        return ranges;
    }

    private CgroupLayout cgroups() {
        List<CgroupLayout.Hierarchy> hierarchies = new ArrayList<>();
        while (isNext("hierarchy ")) {
            String hierarchy = value("hierarchy");
            int blank = hierarchy.indexOf(' ');
            if (blank < 0) {
                throw new IllegalArgumentException(hierarchy);
            }
            hierarchies.add(new CgroupLayout.Hierarchy(hierarchy.substring(0, blank), hierarchy.substring(blank + 1)));
        }
        Optional<String> unified = isNext("unified ") ? Optional.of(value("unified")) : Optional.empty();
        return new CgroupLayout(hierarchies, unified, value("controllers"));
    }

    private static boolean isSet(String flags, int index) {
        return flags.charAt(index) == '1';
    }

    private boolean isNext(String start) {
        return text.startsWith(start, at);
    }

    private String line() {
        int end = text.indexOf('\n', at);
        if (end < 0) {
            throw new IllegalArgumentException("cut off");
        }
        String line = text.substring(at, end);
        at = end + 1;
        return line;
    }

    private String value(String key) {
        String line = line();
        if (!line.startsWith(key) || line.length() <= key.length() || line.charAt(key.length()) != ' ') {
            throw new IllegalArgumentException(line);
        }
        return line.substring(key.length() + 1);
    }
}
