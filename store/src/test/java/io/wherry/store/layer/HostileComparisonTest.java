package io.wherry.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.wherry.oci.WherryException;
import io.wherry.store.disk.Durable;
import io.wherry.store.tree.HostedPilots;
import io.wherry.store.tree.TreeListing;
import io.wherry.testkit.Command;
import io.wherry.testkit.HostileTar;
import io.wherry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every hostile layer of the test kit given to GNU tar, to umoci and to Wherry. Where a tool makes another tree, or refuses what Wherry applies, or the other way round, {@code
 * store/src/test/differential/hostile.txt} has the tool, the case and the reason; a line that is not needed any more is a failure too. Times of folders are left out: an archive that does not
 * name a folder has none for it. A quarter of the cases each day, all of them where WHERRY_ALL is set.
 */
class HostileComparisonTest {
    /** How the reason begins of a difference that depends on chance there. */
    private static final String SOMETIMES = "sometimes: ";

    private static final Path REASONS =
            Path.of(System.getProperty("wherry.source"), "store/src/test/differential/hostile.txt");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String REFUSED = "refused";

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    @Test
    void differencesFromTarAndUmociHaveReasons() throws IOException {
        Path canary = Files.createDirectories(folder.resolve("canary/folder")).getParent();
        Files.writeString(canary.resolve("file"), "untouched");
        Map<String, String> before = TreeListing.of(canary);
        Map<String, String> found = new TreeMap<>();
        Set<String> tried = new HashSet<>();
        for (HostileTar.Case each : HostileTar.cases(canary)) {
            if (costly(each) || !HostileLayerTest.today(each, 4)) {
                continue;
            }
            Path own = Files.createDirectories(folder.resolve("case"));
            byte[] archive = each.archive().get();
            OciLayout layout = OciLayout.create(own.resolve("layout"));
            layout.image("case", "{}", OciLayout.Compression.NONE, List.of(archive));
            Map<String, String> ours = ours(own, layout);
            if (!TreeListing.of(canary).equals(before)) {
                fail("the outside was changed by " + each);
            }
            String name = each.group() + "/" + each.name();
            tried.add(name);
            compare("tar " + name, ours, tar(own, archive), found);
            compare("umoci " + name, ours, umoci(own, layout), found);
            HostedPilots.run("rm", "-rf", own.toString());
            restore(canary, before);
        }
        judge(tried, found);
    }

    /** What takes a tool minutes, or names that no listing can hold. */
    private static boolean costly(HostileTar.Case each) {
        return each.name().startsWith("path-of-4")
                || each.name().startsWith("path-of-6")
                || List.of("depth-of-5000", "70000-to-one", "100000-in-one-folder", "pax-of-64-mib", "sparse-8-eib")
                        .contains(each.name());
    }

    private static Map<String, String> ours(Path own, OciLayout layout) throws IOException {
        TestStore store = new TestStore(own.resolve("ours"), DirDriver::new, new Durable());
        try {
            return comparable(store.rootfs(store.pull(layout, "case"), "c"));
        } catch (WherryException e) {
            return Map.of(REFUSED, "");
        }
    }

    private static Map<String, String> tar(Path own, byte[] archive) throws IOException {
        Path tree = Files.createDirectories(own.resolve("tar"));
        return made(
                Command.of("tar", "--numeric-owner", "--xattrs", "--xattrs-include=*", "-px", "-C", tree.toString())
                        .input(archive),
                tree);
    }

    private static Map<String, String> umoci(Path own, OciLayout layout) throws IOException {
        Path bundle = own.resolve("umoci");
        return made(
                Command.of("umoci", "unpack", "--image", layout.folder() + ":case", bundle.toString()),
                bundle.resolve("rootfs"));
    }

    private static Map<String, String> made(Command tool, Path tree) throws IOException {
        return tool.timeout(LIMIT).run().exit() == 0 ? comparable(TreeListing.of(tree)) : Map.of(REFUSED, "");
    }

    private static Map<String, String> comparable(Map<String, String> listing) {
        Map<String, String> tree = new TreeMap<>();
        listing.forEach((path, text) ->
                tree.put(path, text.startsWith("4") ? text.replaceFirst(" [-0-9+]*T[0-9:.]*Z", "") : text));
        return tree;
    }

    private static void compare(
            String name, Map<String, String> ours, Map<String, String> theirs, Map<String, String> found) {
        if (ours.equals(theirs)) {
            return;
        }
        if (ours.containsKey(REFUSED)) {
            found.put(name, "only Wherry refuses it; there: " + theirs);
        } else if (theirs.containsKey(REFUSED)) {
            found.put(name, "refused there; here: " + ours);
        } else {
            found.put(name, "there: " + theirs + "; here: " + ours);
        }
    }

    /** A tool that was led out of its root has made something there. */
    private static void restore(Path canary, Map<String, String> before) throws IOException {
        if (!TreeListing.of(canary).equals(before)) {
            HostedPilots.run("rm", "-rf", canary.toString());
            Files.createDirectories(canary.resolve("folder"));
            Files.writeString(canary.resolve("file"), "untouched");
            before.clear();
            before.putAll(TreeListing.of(canary));
        }
    }

    private static void judge(Set<String> tried, Map<String, String> found) throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        for (String line : Files.readAllLines(REASONS)) {
            if (!line.startsWith("#") && !line.isBlank()) {
                int tab = line.indexOf('\t');
                reasons.put(line.substring(0, tab), line.substring(tab + 1));
            }
        }
        List<String> wrong = new ArrayList<>();
        found.forEach((name, what) -> {
            if (!reasons.containsKey(name)) {
                wrong.add(name + "\t" + what);
            }
        });
        reasons.forEach((name, reason) -> {
            if (!found.containsKey(name)
                    && !reason.startsWith(SOMETIMES)
                    && tried.contains(name.substring(name.indexOf(' ') + 1))) {
                wrong.add(name + ": the same as Wherry's, so no reason is needed: " + reason);
            }
        });
        assertThat(wrong).isEmpty();
        System.out.println(tried.size() + " hostile layers given to tar and umoci: " + found.size()
                + " differences, each with its reason");
    }
}
