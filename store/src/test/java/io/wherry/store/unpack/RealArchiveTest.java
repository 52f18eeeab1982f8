package io.wherry.store.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.store.compress.Decompression;
import io.wherry.store.tree.HostedPilots;
import io.wherry.store.tree.TreeListing;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives that GNU tar and bsdtar make, unpacked and compared entry by entry with the tree that they were made from. */
class RealArchiveTest {
    @TempDir
    static Path folder;

    static Path tree;

    @BeforeAll
    static void makeTree() throws IOException {
        tree = folder.resolve("tree");
        HostedPilots.run("sh", "-ec", """
            mkdir -p %1$s/a/b %1$s/setgid %1$s/sticky %1$s/empty %1$s/closed; cd %1$s
            echo hello >a/hello; ln a/hello a/b/again; ln -s ../hello a/b/link; ln -s /etc/passwd abs; ln -h a/b/link linked-link 2>/dev/null || ln -P a/b/link linked-link
            head -c 3000000 /dev/urandom >big; : >none; mkfifo fifo; mknod null c 1 3; mknod loop b 7 300
            chmod 4755 a/hello; chmod 2755 setgid; chmod 1777 sticky; echo x >setgid/inherits; chmod 000 closed; echo y >closed/inner
            chown 1000:1001 none; chown 70000:3000000 empty; chown -h 5:6 abs
            truncate -s 5M sparse; printf data | dd of=sparse bs=1 seek=2000000 conv=notrunc 2>/dev/null
            truncate -s 1M hollow
            setfattr -n user.note -v 'a=b' none; setfattr -n user.binary -v 0x00ff0a00 a; setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 big
            touch -d '1955-01-01 00:00:00.25 UTC' none; touch -h -d '2001-02-03 04:05:06.789 UTC' abs; touch -d '2100-01-01 UTC' big
            n=$(printf 'x%%.0s' $(seq 1 200)); mkdir -p $n/$n; echo deep >$n/$n/$n; ln -s $n/$n/$n long-link
            printf nl >'new
            line'; echo latin >$(printf 'caf\\351')
            touch -d '1999-12-31 23:59:59 UTC' a/b a empty setgid sticky closed $n/$n $n .
            """.formatted(tree));
    }

    @ParameterizedTest
    @CsvSource({
        "pax, tar --format=posix --xattrs --xattrs-include=* --sparse",
        "pax sparse 0.0, tar --format=posix --xattrs --xattrs-include=* --sparse --sparse-version=0.0",
        "pax sparse 0.1, tar --format=posix --xattrs --xattrs-include=* --sparse --sparse-version=0.1",
        "pax sparse 1.0, tar --format=posix --xattrs --xattrs-include=* --sparse --sparse-version=1.0",
    })
    void paxArchiveIsUnpackedExactly(String name, String program) throws IOException {
        assertThat(unpack(pack(name, program + " -cf"))).isEqualTo(TreeListing.of(tree));
    }

    @Test
    void gnuArchiveIsUnpackedButForXattrsAndFractions() throws IOException {
        Path archive = pack("gnu", "tar --format=gnu --sparse -cf");
        Path expected = Files.createDirectory(folder.resolve("gnu-expected"));
        HostedPilots.run("tar", "-xpf", archive.toString(), "-C", expected.toString());
        assertThat(unpack(archive)).isEqualTo(TreeListing.of(expected));
    }

    @ParameterizedTest
    @CsvSource({"gzip -c", "zstd -c", "zstd -19 --long=27 -c", "cat"})
    void compressionIsToldByTheFirstBytes(String program) throws IOException {
        Path archive = pack("plain", "tar --format=posix --xattrs --xattrs-include=* -cf");
        Path packed = folder.resolve("packed");
        HostedPilots.run("sh", "-c", program + " <" + archive + " >" + packed);
        assertThat(unpack(packed)).isEqualTo(TreeListing.of(tree));
    }

    private static Path pack(String name, String program) throws IOException {
        Path archive = folder.resolve(name.replace(' ', '-') + ".tar");
        HostedPilots.run("sh", "-c", program + " " + archive + " -C " + tree + " .");
        return archive;
    }

    private static java.util.Map<String, String> unpack(Path archive) throws IOException {
        Path target = Files.createTempDirectory(folder, "out");
        try (InputStream in = Decompression.open(new BufferedInputStream(Files.newInputStream(archive)));
                TreeSession session = new HostedPilots().open(TreeTarget.plain(target));
                TreeStream out = new TreeStream(session, TreeStream.Parents.MAKE, folder.resolve("spill"))) {
            LayerSummary summary = new LayerUnpacker(
                            out, LayersBelow.NONE, UnpackPass.ALL, Ownership.KEEP, UnpackLimits.DEFAULT, bytes -> {})
                    .unpack(in);
            assertThat(summary.omitted()).isEmpty();
        }
        return TreeListing.of(target);
    }
}
