package io.wherry.store.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wherry.store.disk.Durable;
import io.wherry.store.pull.PullResult;
import io.wherry.store.tree.HostedPilots;
import io.wherry.store.tree.TreeListing;
import io.wherry.testkit.OciLayout;
import io.wherry.testkit.Tar;
import io.wherry.testkit.TarHeader;
import io.wherry.testkit.TarHeader.Field;
import io.wherry.testkit.TestImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole system, Debian with a layer above it that changes it in every way there is, compared with what umoci unpacks from the pulled content: every entry's type, mode,
 * owner, time, xattrs, link target, bytes, and which names are one file.
 */
class WholeImageTest {
    /** Allows to bind low ports: {@code vfs_cap_data}, revision 2, effective. */
    private static final byte[] CAPABILITY = HexFormat.of().parseHex("0100000200040000000000000000000000000000");

    @TempDir(cleanup = CleanupMode.NEVER)
    static Path folder;

    private static final Map<String, String> EXPECTED = new TreeMap<>();
    private static OciLayout layout;

    @BeforeAll
    static void make() {
        assumeTrue(System.getProperty("user.name").equals("root"), "owners and devices need root");
        layout = OciLayout.create(folder.resolve("layout"))
                .imageOn(TestImages.debian(), "debian", "changed", "{}", List.of(changes()));
    }

    @AfterAll
    static void remove() throws IOException {
        HostedPilots.run("rm", "-rf", folder.toString());
    }

    private static byte[] changes() {
        return new Tar()
                .folder("etc/", 0711)
                .file("etc/.wh.motd", "")
                .file("etc/debian_version", "changed\n")
                .folder("etc/issue/", 0755)
                .file("etc/issue/now-a-folder", "i")
                .file("opt", "now a file")
                .folder("usr/share/doc/", 0755)
                .file("usr/share/doc/.wh..wh..opq", "")
                .file("usr/share/doc/all-that-is-left", "d")
                .file("usr/share/.wh.zoneinfo", "")
                .file("var/lib/dpkg/.wh.info", "")
                .file("bin/through-a-link", 0755, "#!/bin/sh\n".getBytes(UTF_8))
                .hardLink("usr/bin/dash-too", "usr/bin/dash")
                .hardLink("usr/bin/dash-three", "usr/bin/dash-too")
                .symlink("usr/bin/dangles", "/nowhere/at/all")
                .entry(
                        new TarHeader('0', "srv/owned", 06755)
                                .number(Field.UID, 33)
                                .number(Field.GID, 4_000_000)
                                .number(Field.MTIME, -86_400)
                                .number(Field.SIZE, 1),
                        new byte[] {'o'})
                .pax(Tar.paxRecord("SCHILY.xattr.security.capability", CAPABILITY))
                .file("usr/bin/capable", 0755, "c".getBytes(UTF_8))
                .pax(Map.of("mtime", "1700000000.123456789", "SCHILY.xattr.user.note", "kept"))
                .file("srv/noted", "n")
                .device('3', "srv/zero", 1, 5)
                .entry('6', "srv/pipe", 0640, "", new byte[0])
                .folder("root/", 0700)
                .file("root/.wh..bashrc", "")
                .folder("root/.bashrc/", 0700)
                .bytes();
    }

    private static LayerDriver overlay(StoreSpace space) {
        return new OverlayDriver(space);
    }

    private static LayerDriver dir(StoreSpace space) {
        return new DirDriver(space);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlay", "dir"})
    void everyEntryIsAsUmociUnpacksIt(String name) throws IOException {
        Function<StoreSpace, LayerDriver> driver =
                name.equals("overlay") ? WholeImageTest::overlay : WholeImageTest::dir;
        TestStore store = new TestStore(Files.createDirectory(folder.resolve(name)), driver, new Durable());
        PullResult result = store.pull(layout, "changed");
        assertThat(result.omitted()).isEmpty();
        Map<String, String> found = store.rootfs(result, "container");
        if (EXPECTED.isEmpty()) {
            EXPECTED.putAll(unpackedByUmoci(store.root.resolve("content")));
        }
        assertThat(differences(EXPECTED, found)).isEmpty();
        assertThat(found)
                .hasSizeGreaterThan(3000)
                .containsKey("/usr/bin/dash-three")
                .doesNotContainKey("/etc/motd");
        assertThat(found.get("/usr/bin/dash-three")).contains("same as /usr/bin/dash");
        assertThat(found.get("/usr/bin/capable")).contains("security.capability");
    }

    private static Map<String, String> unpackedByUmoci(Path content) throws IOException {
        Path bundle = folder.resolve("bundle");
        String image = content + ":example.org/changed:latest";
        HostedPilots.run("umoci", "unpack", "--keep-dirlinks", "--image", image, bundle.toString());
        return TreeListing.of(bundle.resolve("rootfs"));
    }

    private static List<String> differences(Map<String, String> expected, Map<String, String> found) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> all = new TreeSet<>(expected.keySet());
        all.addAll(found.keySet());
        for (String path : all) {
            String wanted = expected.getOrDefault(path, "absent");
            String is = found.getOrDefault(path, "absent");
            if (!wanted.equals(is)) {
                differences.add(path + "\n  umoci:  " + wanted + "\n  wherry: " + is);
            }
        }
        return differences;
    }
}
