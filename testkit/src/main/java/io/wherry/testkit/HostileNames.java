package io.wherry.testkit;

import static io.wherry.testkit.HostileTar.named;
import static io.wherry.testkit.HostileTar.utf8;

import io.wherry.testkit.HostileTar.Outcome;
import io.wherry.testkit.TarHeader.Field;
import java.util.Map;

/** Names that climb, lie, or do not fit. */
final class HostileNames {
    private static final String UP = "../".repeat(40);

    private HostileNames() {}

    static void add(HostileTar table) {
        climbing(table);
        odd(table);
        long_(table);
    }

    private static void climbing(HostileTar table) {
        String canary = table.canary();
        for (String kind : new String[] {"file", "folder", "symlink", "device", "fifo"}) {
            table.either(
                    "absolute-" + kind, "taken below the root, or refused", tar -> put(tar, kind, canary + "/new"));
            table.refused(
                    "up-" + kind,
                    "`..` is never a part of a name",
                    tar -> put(tar, kind, UP + canary.substring(1) + "/new"));
        }
        table.either(
                "absolute-over-file",
                "taken below the root, or refused",
                tar -> tar.file(canary + "/file", "overwritten"));
        table.refused(
                "up-over-file",
                "`..` is never a part of a name",
                tar -> tar.file(UP + canary.substring(1) + "/file", "overwritten"));
        table.refused("up-one", "`..` is never a part of a name", tar -> tar.file("../escaped", "x"));
        table.refused(
                "up-in-the-middle",
                "`..` is refused even where it stays inside",
                tar -> tar.folder("a/", 0755).file("a/../b", "x"));
        table.refused(
                "up-behind-missing", "`..` is never a part of a name", tar -> tar.file("none/../../escaped", "x"));
        table.refused(
                "up-at-the-end",
                "`..` is never a part of a name",
                tar -> tar.folder("a/", 0755).folder("a/..", 0700));
        table.refused("up-alone", "the root's parent is not changed", tar -> tar.folder("..", 0777));
        table.refused("up-absolute", "`..` is never a part of a name", tar -> tar.file("/../escaped", "x"));
        table.refused(
                "up-by-pax",
                "a pax name has no other rules",
                tar -> tar.pax(Map.of("path", "../escaped")).file("a", "x"));
        table.refused(
                "up-by-prefix",
                "the prefix field is a part of the name",
                tar -> tar.entry(new TarHeader('0', "escaped", 0644).text(Field.PREFIX, ".."), new byte[0]));
        table.refused(
                "up-by-gnu-long-name",
                "a GNU long name has no other rules",
                tar -> tar.extension('L', "././@LongLink", utf8("../escaped\0")).file("a", "x"));
        table.applied(
                "three-dots",
                "`...` and `..a` are ordinary names",
                tar -> tar.file("...", "x").file("..a", "y").file("a..", "z"));
        table.applied("backslash-up", "a backslash is an ordinary character", tar -> tar.file("..\\escaped", "x"));
        table.either("slash-alone", "the root itself, or refused", tar -> tar.folder("/", 0755));
        table.applied("dot-alone", "the root's own mode and owner", tar -> tar.folder("./", 0751));
    }

    private static void put(Tar tar, String kind, String name) {
        switch (kind) {
            case "file" -> tar.file(name, "x");
            case "folder" -> tar.folder(name, 0777);
            case "symlink" -> tar.symlink(name, "/etc");
            case "device" -> tar.device('3', name, 1, 3);
            default -> tar.entry('6', name, 0666, "", new byte[0]);
        }
    }

    private static void odd(HostileTar table) {
        table.either("empty", "refused, or passed over", tar -> tar.file("", "x"));
        table.applied("dot-slash", "`./a` is `a`", tar -> tar.file("./a", "x").file("././b", "y"));
        table.applied(
                "doubled-slash",
                "`a//b` is `a/b`",
                tar -> tar.folder("a/", 0755).file("a//b", "x"));
        table.either("file-with-slash-at-end", "a file or a folder `a`, or refused", tar -> tar.file("a/", ""));
        table.either(
                "parts-of-dots",
                "`a/./b` is `a/b`, or refused",
                tar -> tar.folder("a/", 0755).file("a/./b", "x"));
        table.applied("parent-missing", "the parent is made, 0755 and root's", tar -> tar.file("a/b/c", "x"));
        table.either(
                "nul-by-pax",
                "refused, or cut at the NUL",
                tar -> tar.pax(Tar.paxRecord("path", utf8("a\0/../../escaped"))).file("b", "x"));
        table.applied("newline", "a file whose name has two lines", tar -> tar.file("a\nb", "x"));
        table.applied(
                "control-and-bidi",
                "bytes of the name kept",
                tar -> tar.file("a\u001b[2Jb", "x").file("a\u202Egnp.exe", "y"));
        table.applied(
                "invalid-utf-8",
                "bytes of the name kept",
                tar -> tar.entry(named(new byte[] {'a', (byte) 0xFF, (byte) 0xC0, 'b'}, 0), new byte[0]));
        table.applied(
                "two-invalid-utf-8",
                "two files: a replacement character must not make them one",
                tar -> tar.entry(named(new byte[] {'a', (byte) 0xFE}, 0), new byte[0])
                        .entry(named(new byte[] {'a', (byte) 0xFF}, 0), new byte[0]));
        table.applied(
                "differ-in-case", "two files", tar -> tar.file("name", "x").file("NAME", "y"));
        table.applied(
                "differ-in-normal-form",
                "two files",
                tar -> tar.file("\u00E9", "x").file("e\u0301", "y"));
        table.applied(
                "like-an-option",
                "ordinary names",
                tar -> tar.file("-rf", "x").file("--checkpoint-action=exec=sh", "y"));
        table.applied(
                "like-a-temporary",
                "ordinary names",
                tar -> tar.file(".tmp-0", "x").file(".wherry-0", "y").file("#1", "z"));
        table.applied(
                "blank-and-quotes", "ordinary names", tar -> tar.file(" ", "x").file("\"'`$(touch escaped)", "y"));
    }

    private static void long_(HostileTar table) {
        table.applied("component-of-255", "made", tar -> tar.file("x".repeat(255), "x"));
        table.refused(
                "component-of-256", "ENAMETOOLONG, with the name shortened", tar -> tar.file("x".repeat(256), "x"));
        table.applied("exactly-100", "the name field has no NUL then", tar -> tar.file("x".repeat(100), "x"));
        table.applied("path-of-4095", "made, though no path string may be that long", tar -> tar.file(path(4095), "x"));
        table.either("path-of-4096", "made, or refused by length", tar -> tar.file(path(4096), "x"));
        table.either("path-of-65536", "made, or refused by length", tar -> tar.file(path(65536), "x"));
        table.either("depth-of-5000", "made, or refused by depth", tar -> tar.file("a/".repeat(5000) + "b", "x"));
        table.refused("path-of-5000-in-one-part", "ENAMETOOLONG", tar -> tar.file("x".repeat(5000), "x"));
        table.bytes(
                "prefix-and-name",
                Outcome.APPLIED,
                "`aaa…/bbb…`",
                () -> new Tar()
                        .entry(
                                new TarHeader('0', "b".repeat(100), 0644).text(Field.PREFIX, "a".repeat(155)),
                                new byte[0])
                        .bytes());
    }

    /** Folders of 199 letters, so many bytes in all. */
    private static String path(int length) {
        String parts = ("d".repeat(199) + "/").repeat(length / 200);
        String rest = "f".repeat(length - parts.length());
        return rest.isEmpty() ? parts.substring(0, parts.length() - 2) + "ff" : parts + rest;
    }
}
