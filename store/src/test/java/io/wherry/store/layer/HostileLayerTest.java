package io.wherry.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.wherry.oci.WherryException;
import io.wherry.store.disk.Durable;
import io.wherry.store.pull.PullResult;
import io.wherry.store.tree.HostedPilots;
import io.wherry.store.tree.TreeListing;
import io.wherry.testkit.BtrfsDisk;
import io.wherry.testkit.HostileTar;
import io.wherry.testkit.HostileTar.Outcome;
import io.wherry.testkit.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Every hostile layer of the test kit, alone and on top of a good one, through the whole pull: nothing outside changes, and all drivers agree. A quarter of them each day, all where WHERRY_ALL is set. */
class HostileLayerTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private BtrfsDisk disk;

    @BeforeEach
    void mount() throws IOException {
        disk = new BtrfsDisk(Files.createDirectory(folder.resolve("btrfs")), "");
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    /** What became of one case: the sentence of a refusal, or the tree. */
    private record Result(String refusal, Map<String, String> tree) {}

    @Test
    void nothingOutsideChangesAndDriversAgree() throws IOException {
        Path canary = Files.createDirectories(folder.resolve("canary/folder")).getParent();
        Files.writeString(canary.resolve("file"), "untouched");
        Map<String, String> before = TreeListing.of(canary);
        List<String> wrong = new ArrayList<>();
        int cases = 0;
        for (HostileTar.Case each : HostileTar.cases(canary)) {
            cases++;
            if (!today(each, 4)) {
                continue;
            }
            Path own = Files.createDirectories(folder.resolve("case" + cases));
            byte[] archive = each.archive().get();
            OciLayout layout = OciLayout.create(own.resolve("layout"));
            layout.image("alone", "{}", OciLayout.Compression.NONE, List.of(archive));
            layout.image(
                    "above",
                    "{}",
                    OciLayout.Compression.GZIP,
                    List.of(LayerDriverContract.base().bytes(), archive));
            // Above another layer: what has to do with other layers, an eighth of it each day. The rest costs minutes
            // and
            // tells nothing new.
            boolean above = today(each, 8)
                    && (System.getenv("WHERRY_ALL") != null
                            || !List.of("names", "headers", "modes", "xattrs").contains(each.group()));
            boolean listed = !each.name().startsWith("path-of-4"); // No path string reaches these.
            for (String tag : above ? List.of("alone", "above") : List.of("alone")) {
                Result overlay = attempt(own.resolve(tag + "-overlay"), OverlayDriver::new, layout, tag, listed);
                Path folders = own.resolve(tag + "-dir");
                Path subvolumes = disk.point().resolve(cases + tag);
                judge(each, tag, overlay, attempt(folders, DirDriver::new, layout, tag, listed), wrong);
                if (tag.equals("above")) { // alone, a subvolume is filled like any folder
                    judge(each, tag, overlay, attempt(subvolumes, BtrfsDriver::new, layout, tag, listed), wrong);
                }
            }
            if (!TreeListing.of(canary).equals(before)) {
                fail("the outside was changed by " + each);
            }
            HostedPilots.run("rm", "-rf", own.toString());
        }
        assertThat(wrong).as("of %d cases", cases).isEmpty();
        assertThat(cases).isGreaterThanOrEqualTo(250);
    }

    /** {@return whether a case is one of today's, of which there is one in so many; all are where WHERRY_ALL is set} */
    static boolean today(HostileTar.Case each, int parts) {
        long day = LocalDate.now(ZoneOffset.UTC).toEpochDay();
        return System.getenv("WHERRY_ALL") != null || Math.floorMod(each.name().hashCode() + day, parts) == 0;
    }

    private static void judge(HostileTar.Case each, String tag, Result overlay, Result other, List<String> wrong) {
        boolean refused = !overlay.refusal().isEmpty();
        if (!overlay.tree().equals(other.tree()) || refused == other.refusal().isEmpty()) {
            wrong.add(tag + " " + each + ": drivers differ: " + difference(overlay, other));
        }
        // On top of another layer a case may mean something else: there only agreement counts.
        if (tag.equals("alone")
                && ((each.outcome() == Outcome.APPLIED && refused)
                        || (each.outcome() == Outcome.REFUSED && !refused))) {
            wrong.add(tag + " " + each + ": " + (refused ? overlay.refusal() : "was applied"));
        }
    }

    private static String difference(Result a, Result b) {
        StringBuilder out = new StringBuilder(a.refusal() + " | " + b.refusal());
        a.tree().forEach((path, text) -> {
            if (!text.equals(b.tree().get(path))) {
                out.append("\n  ")
                        .append(path)
                        .append(" overlay: ")
                        .append(text)
                        .append(" other: ")
                        .append(b.tree().get(path));
            }
        });
        b.tree().forEach((path, text) -> {
            if (!a.tree().containsKey(path)) {
                out.append("\n  ").append(path).append(" only the other: ").append(text);
            }
        });
        return out.toString();
    }

    private static Result attempt(
            Path folder, Function<StoreSpace, LayerDriver> driver, OciLayout layout, String tag, boolean listed) {
        return Assertions.assertTimeoutPreemptively(LIMIT, () -> {
            TestStore store = new TestStore(folder, driver, new Durable());
            try {
                PullResult result = store.pull(layout, tag);
                return new Result("", listed ? store.rootfs(result, "c") : Map.of());
            } catch (WherryException e) {
                assertThat(e.kind())
                        .as(e.getMessage())
                        .isNotIn(WherryException.Kind.INTERNAL, WherryException.Kind.INTERRUPTED);
                assertThat(store.names("tmp")).isEmpty();
                return new Result(e.getMessage(), Map.of());
            }
        });
    }
}
