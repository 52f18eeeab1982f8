package io.wherry.testkit;

import static io.wherry.testkit.HostileTar.utf8;

import io.wherry.testkit.TarHeader.Field;
import java.util.Map;

/** Links that lead out, and entries that go through them. */
final class HostileLinks {
    private HostileLinks() {}

    static void add(HostileTar table) {
        symbolic(table);
        through(table);
        hard(table.group("hard-links"));
    }

    private static void symbolic(HostileTar table) {
        String canary = table.canary();
        table.applied("out-absolute", "the link is made as it is, and not followed", tar -> tar.symlink("a", canary));
        table.applied(
                "out-up", "the link is made as it is", tar -> tar.symlink("a", "../".repeat(40) + canary.substring(1)));
        table.applied("to-itself", "made", tar -> tar.symlink("a", "a"));
        table.applied("loop", "made", tar -> tar.symlink("a", "b").symlink("b", "a"));
        table.either(
                "loop-as-parent",
                "replaced by a folder, or refused",
                tar -> tar.symlink("a", "b").symlink("b", "a").file("a/c", "x"));
        table.either("empty-target", "refused: no kernel makes it", tar -> tar.symlink("a", ""));
        table.applied("target-of-4095", "made", tar -> tar.symlink("a", "x".repeat(4095)));
        table.refused("target-of-4096", "ENAMETOOLONG", tar -> tar.symlink("a", "x".repeat(4096)));
        table.either(
                "target-with-nul",
                "refused, or cut at the NUL",
                tar -> tar.pax(Tar.paxRecord("linkpath", utf8("a\0b"))).symlink("a", "x"));
        table.applied(
                "target-invalid-utf-8",
                "bytes of the target kept",
                tar -> tar.entry(
                        new TarHeader('2', "a", 0777).raw(Field.LINK, new byte[] {(byte) 0xFF, 'x'}), new byte[0]));
        table.applied(
                "size-not-zero",
                "a link has no content, whatever its size says",
                tar -> tar.entry(
                                new TarHeader('2', "a", 0777)
                                        .text(Field.LINK, "b")
                                        .number(Field.SIZE, 0),
                                new byte[0])
                        .file("after", "x"));
        table.either(
                "over-the-root",
                "refused, or passed over; the root stays a folder",
                tar -> tar.symlink("./", canary).file("file", "overwritten"));
        table.applied(
                "owner-and-time-not-followed",
                "the canary keeps owner and time",
                tar -> tar.entry(
                        new TarHeader('2', "a", 0777)
                                .text(Field.LINK, canary + "/file")
                                .number(Field.UID, 1234)
                                .number(Field.MTIME, 1),
                        new byte[0]));
        table.applied(
                "xattr-not-followed",
                "the canary gets no attribute",
                tar -> tar.pax(Map.of("SCHILY.xattr.user.left", "x")).symlink("a", canary + "/file"));
        table.applied(
                "mode-not-followed",
                "the canary keeps its mode",
                tar -> tar.entry('2', "a", 04777, canary + "/file", new byte[0]));
    }

    private static void through(HostileTar table) {
        String canary = table.canary();
        String up = "../".repeat(40) + canary.substring(1);
        String inside = "nothing appears in the canary";
        for (String target : new String[] {canary, up}) {
            String how = target.equals(canary) ? "absolute" : "up";
            table.either(
                    "file-through-" + how,
                    inside,
                    tar -> tar.symlink("a", target).file("a/new", "x"));
            table.either(
                    "file-over-through-" + how,
                    inside,
                    tar -> tar.symlink("a", target).file("a/file", "overwritten"));
            table.either(
                    "folder-through-" + how,
                    inside,
                    tar -> tar.symlink("a", target).folder("a/new/", 0777));
            table.either(
                    "missing-parents-through-" + how,
                    inside,
                    tar -> tar.symlink("a", target).file("a/b/c/d", "x"));
            table.either(
                    "symlink-through-" + how,
                    inside,
                    tar -> tar.symlink("a", target).symlink("a/new", "x"));
            table.either(
                    "device-through-" + how,
                    inside,
                    tar -> tar.symlink("a", target).device('3', "a/new", 1, 3));
            table.either(
                    "whiteout-through-" + how,
                    "the canary's file stays",
                    tar -> tar.symlink("a", target).file("a/.wh.file", ""));
            table.either(
                    "opaque-through-" + how,
                    "the canary keeps its content",
                    tar -> tar.symlink("a", target).file("a/.wh..wh..opq", ""));
            table.either(
                    "hard-link-from-through-" + how,
                    "no link to the canary's file",
                    tar -> tar.symlink("a", target).hardLink("b", "a/file"));
            table.either(
                    "hard-link-to-through-" + how,
                    inside,
                    tar -> tar.file("f", "x").symlink("a", target).hardLink("a/new", "f"));
            table.applied(
                    "folder-over-link-" + how,
                    "a folder replaces the link; the canary keeps its mode",
                    tar -> tar.symlink("a", target).folder("a", 0700).file("a/file", "x"));
        }
        table.applied(
                "file-over-link",
                "a file replaces the link, which is not followed",
                tar -> tar.symlink("a", canary + "/file").file("a", "overwritten"));
        table.applied(
                "file-over-dangling-link",
                "a file replaces the link; nothing is made where it led",
                tar -> tar.symlink("a", canary + "/new").file("a", "x"));
        table.either(
                "chain",
                inside,
                tar -> tar.symlink("a", canary)
                        .symlink("b", "a")
                        .symlink("c", "b")
                        .file("c/new", "x"));
        table.either(
                "two-steps",
                inside,
                tar -> tar.folder("d/", 0755)
                        .symlink("d/up", "..")
                        .symlink("d/out", "up/..")
                        .file("d/out/escaped", "x"));
        table.either("chain-of-41", inside, tar -> {
            tar.symlink("l0", canary);
            for (int i = 1; i <= 41; i++) {
                tar.symlink("l" + i, "l" + (i - 1));
            }
            tar.file("l41/new", "x");
        });
        for (String magic :
                new String[] {"/proc/self/root", "/proc/self/cwd", "/proc/self/fd/3", "/proc/1/root", "/dev/fd/3"}) {
            table.either(
                    "magic-" + magic.substring(1).replace('/', '-'),
                    "nothing is made there",
                    tar -> tar.symlink("a", magic).file("a/escaped", "x"));
        }
        table.either(
                "inside-as-parent",
                "the file is at `real/x` or below a new folder `a`, the same on all drivers",
                tar -> tar.folder("real/", 0755).symlink("a", "real").file("a/x", "x"));
        table.either(
                "swap-after-folder",
                inside,
                tar -> tar.folder("a/", 0755)
                        .file("a/one", "1")
                        .symlink("a", canary)
                        .file("a/two", "2"));
    }

    private static void hard(HostileTar table) {
        String canary = table.canary();
        table.refused(
                "before-target",
                "the target's name is in the sentence",
                tar -> tar.hardLink("a", "b").file("b", "x"));
        table.refused(
                "to-outside-absolute", "no link to the canary's file", tar -> tar.hardLink("a", canary + "/file"));
        table.refused(
                "to-outside-up",
                "no link to the canary's file",
                tar -> tar.hardLink("a", "../".repeat(40) + canary.substring(1) + "/file"));
        table.refused(
                "then-written",
                "the canary's file keeps its bytes",
                tar -> tar.hardLink("a", canary + "/file").file("a", "overwritten"));
        table.either(
                "to-itself",
                "refused, or nothing changes",
                tar -> tar.file("a", "x").hardLink("a", "a"));
        table.refused(
                "to-folder",
                "no kernel links folders",
                tar -> tar.folder("a/", 0755).hardLink("b", "a"));
        table.either("to-root", "refused", tar -> tar.hardLink("b", "./"));
        table.either(
                "to-symlink",
                "a second name of the link itself, or refused; never of where it leads",
                tar -> tar.symlink("a", canary + "/file").hardLink("b", "a"));
        table.either(
                "to-symlink-then-written",
                "the canary's file keeps its bytes",
                tar -> tar.symlink("a", canary + "/file").hardLink("b", "a").file("b", "overwritten"));
        table.applied(
                "target-as-absolute",
                "absolute targets count from the root",
                tar -> tar.file("a", "x").hardLink("b", "/a"));
        table.applied(
                "target-with-dot", "`./a` is `a`", tar -> tar.file("a", "x").hardLink("b", "./a"));
        table.refused("target-empty", "refused", tar -> tar.hardLink("b", ""));
        table.refused(
                "target-with-up-inside",
                "`..` is never a part of a name",
                tar -> tar.folder("d/", 0755).file("a", "x").hardLink("d/b", "d/../a"));
        table.either(
                "with-content",
                "pax allows content; the bytes are skipped or written, and the next entry is found",
                tar -> tar.file("a", "x")
                        .entry('1', "b", 0644, "a", utf8("content"))
                        .file("after", "y"));
        table.applied(
                "replaces-file",
                "both names, one file",
                tar -> tar.file("a", "x").file("b", "y").hardLink("b", "a"));
        table.applied(
                "mode-is-shared",
                "later metadata wins for both names, or the first keeps; same on all drivers",
                tar -> tar.file("a", 0600, utf8("x")).entry('1', "b", 0755, "a", new byte[0]));
        table.applied(
                "to-whited-out-name",
                "a link to a file that this layer named before",
                tar -> tar.file("a", "x").hardLink("b", "a"));
        table.either("70000-to-one", "made, or refused with EMLINK by name", tar -> {
            tar.file("a", "x");
            for (int i = 0; i < 70_000; i++) {
                tar.hardLink("l" + i, "a");
            }
        });
    }
}
