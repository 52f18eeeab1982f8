package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an image runs: an operating system, a CPU architecture and its variant, in Go's words.
 *
 * <p>Always normalised as containerd does: {@code x86_64} is {@code amd64}, {@code aarch64} and {@code arm64/v8} are
 * {@code arm64}, {@code armhf} is {@code arm/v7}, {@code amd64/v1} is {@code amd64}.
 *
 * @param variant such as {@code v7}; absent for an architecture's ordinary one
 * @param osVersion of use with Windows only
 * @param osFeatures of use with Windows only
 * @see "OCI image-spec v1.1, image-index.md, platform"
 */
public record Platform(
        String os,
        String architecture,
        Optional<String> variant,
        Optional<String> osVersion,
        List<String> osFeatures,
        JsonObject extra) {

    public Platform {
        os = os.toLowerCase(Locale.ROOT);
        if (os.equals("macos")) {
            os = "darwin";
        }
        String arch = architecture.toLowerCase(Locale.ROOT);
        String level = variant.orElse("").toLowerCase(Locale.ROOT);
        if (!level.isEmpty() && level.charAt(0) >= '0' && level.charAt(0) <= '9') {
            level = "v" + level;
        }
        if (arch.equals("x86_64") || arch.equals("x86-64") || arch.equals("amd64")) {
            arch = "amd64";
            level = level.equals("v1") ? "" : level;
        } else if (arch.equals("i386") || arch.equals("i686")) {
            arch = "386";
            level = "";
        } else if (arch.equals("aarch64") || arch.equals("arm64")) {
            arch = "arm64";
            level = level.equals("v8") || level.equals("v8.0") ? "" : level.equals("v9.0") ? "v9" : level;
        } else if (arch.equals("armhf")) {
            arch = "arm";
            level = "v7";
        } else if (arch.equals("armel")) {
            arch = "arm";
            level = "v6";
        } else if (arch.equals("arm") && level.isEmpty()) {
            level = "v7";
        }
        architecture = arch;
        variant = level.isEmpty() ? Optional.empty() : Optional.of(level);
        osFeatures = List.copyOf(osFeatures);
    }

    public Platform(String os, String architecture) {
        this(os, architecture, Optional.empty());
    }

    public Platform(String os, String architecture, Optional<String> variant) {
        this(os, architecture, variant, Optional.empty(), List.of(), JsonObject.empty());
    }

    /**
     * {@return the platform in the words of {@code --platform}: {@code linux/arm64}, {@code linux/arm/v6},
     * {@code arm64} (of this host's system) or {@code linux} (of this host's CPU)}
     */
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        for (String part : parts) {
            if (!isWord(part)) {
                throw invalid(text, "a part may hold letters, digits, `_`, `-` and `.`, and must not be empty");
            }
        }
        if (parts.length == 1) {
            String word = parts[0].toLowerCase(Locale.ROOT);
            if (isSystem(word)) {
                return new Platform(word, host().architecture);
            }
            Platform platform = new Platform("linux", word);
            if (!isArchitecture(platform.architecture)) {
                throw invalid(text, "this is neither a system nor an architecture that is known");
            }
            return platform;
        }
        if (parts.length > 3) {
            throw invalid(text, "it has more than three parts");
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? Optional.of(parts[2]) : Optional.empty());
    }

    /** {@return Linux on this machine's CPU, without its level: see {@link PlatformPreference#host()}} */
    public static Platform host() {
        return new Platform("linux", System.getProperty("os.arch", "unknown"));
    }

    public static Platform fromJson(Fields in) {
        return new Platform(
                in.string("os").orElse("unknown"),
                in.string("architecture").orElse("unknown"),
                in.string("variant"),
                in.string("os.version"),
                in.strings("os.features"),
                in.rest());
    }

    public JsonObject toJson() {
        return JsonObject.builder()
                .put("architecture", architecture)
                .put("os", os)
                .putIfPresent("os.version", osVersion)
                .putIfNotEmpty("os.features", osFeatures)
                .putIfPresent("variant", variant)
                .putMissing(extra)
                .build();
    }

    /** {@return the same with another variant; an empty one is none} */
    Platform withVariant(String level) {
        return new Platform(os, architecture, Optional.of(level));
    }

    /** {@return whether system, architecture and variant are the same; versions do not count} */
    public boolean sameAs(Platform other) {
        return os.equals(other.os) && architecture.equals(other.architecture) && variant.equals(other.variant);
    }

    /** Letters and digits; {@code _}, {@code -} and {@code .} not first. */
    private static boolean isWord(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (i == 0 || (c != '_' && c != '-' && c != '.'))) {
                return false;
            }
        }
        return !part.isEmpty();
    }

    private static boolean isSystem(String word) {
        return word.equals("linux")
                || word.equals("windows")
                || word.equals("darwin")
                || word.equals("macos")
                || word.equals("freebsd")
                || word.equals("wasi");
    }

    private static boolean isArchitecture(String word) {
        return List.of(
                        "386",
                        "amd64",
                        "arm",
                        "arm64",
                        "loong64",
                        "mips",
                        "mipsle",
                        "mips64",
                        "mips64le",
                        "ppc64",
                        "ppc64le",
                        "riscv64",
                        "s390x",
                        "wasm")
                .contains(word);
    }

    private static WherryException invalid(String text, String problem) {
        return new WherryException(
                Kind.INVALID, "Invalid platform `" + text + "`: " + problem + ".", "Write it as `linux/arm64`.");
    }

    /** {@return the form that {@link #parse} takes, such as {@code linux/arm/v7}} */
    @Override
    public String toString() {
        String base = os + "/" + architecture;
        return variant.isPresent() ? base + "/" + variant.get() : base;
    }
}
