package io.wherry.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which platforms will do, the best first: the order in which an {@link Index} is searched.
 *
 * <p>An x86-64 CPU takes images of its own level before those of lower ones (v4, v3, v2, v1) and then 32-bit x86; an
 * arm64 CPU takes arm64 before 32-bit arm; an arm CPU takes its own version and then older ones.
 *
 * @see "x86-64 psABI 1.0, section 3.1.1, micro-architecture levels"
 */
public final class PlatformPreference {
    private static final List<Set<String>> AMD64_LEVELS = List.of(
            Set.of("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
            Set.of("avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"),
            Set.of("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"));

    private final List<Platform> order;

    private PlatformPreference(List<Platform> order) {
        this.order = List.copyOf(order);
    }

    /** {@return this platform, and lower variants of the same architecture: what {@code --platform} means} */
    public static PlatformPreference of(Platform wanted) {
        List<Platform> order = new ArrayList<>();
        addLevels(order, wanted);
        return new PlatformPreference(order);
    }

    /** {@return what this machine can run; reads {@code /proc/cpuinfo}} */
    public static PlatformPreference host() {
        String cpuinfo;
        try {
            cpuinfo = new String(Files.readAllBytes(Path.of("/proc/cpuinfo")), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Without it only the level is unknown, and the lowest one runs everywhere.
            cpuinfo = "";
        }
        return host(Platform.host(), cpuFlags(cpuinfo));
    }

    /**
     * {@return what a machine can run}
     *
     * @param cpu its platform; a variant given there is believed
     * @param flags of the CPU, in the words of {@code /proc/cpuinfo}; of use for amd64
     */
    public static PlatformPreference host(Platform cpu, Set<String> flags) {
        List<Platform> order = new ArrayList<>();
        if (cpu.architecture().equals("amd64")) {
            addLevels(order, cpu.variant().isPresent() ? cpu : cpu.withVariant("v" + amd64Level(flags)));
            order.add(new Platform(cpu.os(), "386"));
        } else if (cpu.architecture().equals("arm64")) {
            addLevels(order, cpu);
            addLevels(order, new Platform(cpu.os(), "arm").withVariant("v8"));
        } else {
            addLevels(order, cpu);
        }
        return new PlatformPreference(order);
    }

    /** {@return the words of the first {@code flags} line of {@code /proc/cpuinfo}} */
    static Set<String> cpuFlags(String cpuinfo) {
        for (String line : cpuinfo.split("\n", -1)) {
            if (line.startsWith("flags")) {
                return Set.copyOf(
                        List.of(line.substring(line.indexOf(':') + 1).trim().split(" +", -1)));
            }
        }
        return Set.of();
    }

    private static int amd64Level(Set<String> flags) {
        int level = 1;
        for (Set<String> needed : AMD64_LEVELS) {
            if (!flags.containsAll(needed)) {
                break;
            }
            level++;
        }
        return level;
    }

    /** Adds the platform and, for architectures whose variants are levels, those below. */
    private static void addLevels(List<Platform> order, Platform platform) {
        String variant = platform.variant().orElse("");
        if (platform.architecture().equals("amd64") && isLevel(variant)) {
            for (int level = variant.charAt(1) - '0'; level >= 1; level--) {
                order.add(platform.withVariant("v" + level));
            }
        } else if (platform.architecture().equals("arm") && isLevel(variant)) {
            for (int level = variant.charAt(1) - '0'; level >= 5; level--) {
                order.add(platform.withVariant("v" + level));
            }
        } else {
            order.add(platform);
            if (platform.architecture().equals("arm64") && !variant.isEmpty()) {
                order.add(new Platform(platform.os(), "arm64"));
            }
        }
    }

    private static boolean isLevel(String variant) {
        return variant.length() == 2
                && variant.charAt(0) == 'v'
                && variant.charAt(1) >= '1'
                && variant.charAt(1) <= '9';
    }

    /** {@return the platforms that will do, the best first} */
    public List<Platform> order() {
        return order;
    }

    /** {@return how good {@code offered} is, 0 for the best; -1 if it will not do} */
    public int rank(Platform offered) {
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i).sameAs(offered)) {
                return i;
            }
        }
        return -1;
    }

    /** {@return the best platform, as people write it} */
    @Override
    public String toString() {
        return order.get(0).toString();
    }
}
