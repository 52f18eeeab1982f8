package io.wherry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.testkit.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The same probe under Wherry and under runc, with the config.json that Wherry wrote. What differs is listed, each line with its reason, in
 * {@code src/test/golden/runc-LAYOUT.txt}: {@code name | under Wherry | under runc | why}. Without a seccomp filter, which is not in that file; filters have tests of their own.
 */
class RuncComparisonTest {
    @Test
    void everyDifferenceFromRuncHasAReason() throws IOException {
        try (Yard yard = new Yard()) {
            assumeTrue(yard.facts().root(), "runc needs root");
            Command.requireTool("runc", "runc");
            ContainerSpec.Builder spec = yard.spec("probed", "/probe");
            spec.rootfsOverlay = false;
            spec.seccomp = Optional.of("unconfined");
            yard.engine().run(spec.build());
            HostedLauncher.Start start = yard.launcher().last();
            assertThat(start.await().code()).as(start.err()).isZero();
            Map<String, String> wherry = facts(start.out());
            Path container = yard.state().resolve("containers").resolve(start.id());
            Map<String, String> runc = facts(underRunc(container.resolve("config.json"), yard));
            yard.engine().remove("probed", false);
            compare(wherry, runc, "runc-" + yard.facts().cgroups().kind() + ".txt");
        }
    }

    private static String underRunc(Path config, Yard yard) throws IOException {
        Path bundle = Files.createDirectory(yard.folder().resolve("bundle"));
        String text = Files.readString(config)
                .replace("\"path\":\"rootfs\"", "\"path\":\"" + yard.rootfs() + "\"")
                .replace("\"cgroupsPath\":\"/wherry/", "\"cgroupsPath\":\"/wherry-referee-");
        assertThat(text).contains(yard.rootfs().toString()).contains("/wherry-referee-");
        Files.writeString(bundle.resolve("config.json"), text);
        String id = "wherry-referee-" + ProcessHandle.current().pid();
        return Command.of(
                        "sh",
                        "-c",
                        "exec runc --root \"$1\" run --bundle \"$2\" \"$3\" </dev/null",
                        "-",
                        yard.folder() + "/runc",
                        bundle.toString(),
                        id)
                .check()
                .out();
    }

    /** Mounts by where they are instead of by their number; the hierarchies of control groups as one. */
    private static Map<String, String> facts(String text) {
        Map<String, String> facts = new TreeMap<>();
        for (String line : text.lines().toList()) {
            int blank = line.indexOf(' ');
            String name = blank < 0 ? line : line.substring(0, blank);
            String value = blank < 0 ? "" : line.substring(blank + 1);
            if (name.startsWith("mount.")) {
                String point = value.substring(0, value.indexOf(' '));
                boolean hierarchy = point.startsWith("/sys/fs/cgroup/");
                name = hierarchy ? "mount /sys/fs/cgroup/*" : "mount " + point;
                value = hierarchy
                        ? facts.getOrDefault(name, "") + point.substring("/sys/fs/cgroup/".length()) + " "
                        : value.substring(point.length() + 1);
            }
            facts.put(name, value);
        }
        facts.remove("signals.ignored"); // runc passes on what its caller ignores, here whoever runs the tests
        return facts;
    }

    private static void compare(Map<String, String> wherry, Map<String, String> runc, String golden)
            throws IOException {
        assertThat(wherry).hasSizeGreaterThan(200);
        TreeSet<String> names = new TreeSet<>(wherry.keySet());
        names.addAll(runc.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String here = wherry.getOrDefault(name, "absent").strip();
            String there = runc.getOrDefault(name, "absent").strip();
            if (!here.equals(there)) {
                differences.add(name + " | " + here + " | " + there);
            }
        }
        Path file = Path.of(System.getProperty("wherry.source", ".."), "engine/src/test/golden", golden);
        assumeTrue(
                Files.exists(file) || System.getenv("WHERRY_CHECK") == null,
                "no reasons were written for this layout of control groups");
        List<String> listed = new ArrayList<>();
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            int end = line.lastIndexOf(" | ");
            assertThat(line.substring(end + 3)).as("the reason of: " + line).isNotBlank();
            listed.add(line.substring(0, end));
        }
        assertThat(differences).as("differs from " + file).containsExactlyElementsOf(listed);
    }
}
