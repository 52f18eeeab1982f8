package io.wherry.testkit;

import static io.wherry.testkit.HostileTar.utf8;

import io.wherry.testkit.TarHeader.Field;
import java.io.ByteArrayOutputStream;
import java.util.Map;

/** Entries that replace each other; whiteouts; special files; modes, owners and times; extended attributes. */
final class HostileEntries {
    private HostileEntries() {}

    static void add(HostileTar table) {
        replacements(table.group("replacements"));
        whiteouts(table.group("whiteouts"));
        specialFiles(table.group("special-files"));
        owners(table.group("modes"));
        attributes(table.group("xattrs"));
    }

    private static void replacements(HostileTar table) {
        table.applied(
                "file-then-folder",
                "a folder",
                tar -> tar.file("a", "x").folder("a/", 0700).file("a/b", "y"));
        table.applied(
                "folder-then-file", "a file", tar -> tar.folder("a/", 0755).file("a", "x"));
        table.applied(
                "full-folder-then-file",
                "a file; what was below is gone",
                tar -> tar.folder("a/", 0755).file("a/b/c", "x").file("a", "y"));
        table.applied(
                "full-folder-then-link",
                "a link; what was below is gone",
                tar -> tar.folder("a/", 0755).file("a/b", "x").symlink("a", "elsewhere"));
        table.applied(
                "folder-twice",
                "the later mode, and the content of both",
                tar -> tar.folder("a/", 0755).file("a/b", "x").folder("a/", 0700));
        table.applied(
                "file-twice",
                "the last one",
                tar -> tar.file("a", "first, and longer").file("a", "last"));
        table.applied(
                "file-then-device",
                "a device, or its placeholder for a user",
                tar -> tar.file("a", "x").device('3', "a", 1, 3));
        table.applied(
                "linked-file-replaced",
                "the other name keeps the first content",
                tar -> tar.file("a", "first").hardLink("b", "a").file("a", "last"));
        table.either(
                "file-as-parent",
                "refused, or the file is replaced by a folder",
                tar -> tar.file("a", "x").file("a/b", "y"));
        table.either(
                "device-as-parent",
                "refused, or replaced",
                tar -> tar.device('3', "a", 1, 3).file("a/b", "y"));
        table.either(
                "fifo-as-parent",
                "refused, or replaced; does not hang",
                tar -> tar.entry('6', "a", 0644, "", new byte[0]).file("a/b", "y"));
        table.applied(
                "file-over-fifo",
                "a file; the FIFO is not opened",
                tar -> tar.entry('6', "a", 0644, "", new byte[0]).file("a", "y"));
        table.either("root-as-file", "refused, or passed over; the root stays a folder", tar -> tar.file(".", "x"));
        table.either("root-as-device", "refused, or passed over", tar -> tar.device('3', "./", 1, 3));
        table.applied(
                "root-of-mode-000",
                "the root has mode 000 in the end, and entries behind it are made",
                tar -> tar.folder("./", 0).file("a", "x"));
        table.applied(
                "folder-of-mode-000", "likewise", tar -> tar.folder("a/", 0).file("a/b", "x"));
        table.either("100000-in-one-folder", "made; memory does not grow", tar -> {
            for (int i = 0; i < 100_000; i++) {
                tar.file("f" + i, "");
            }
        });
    }

    private static void whiteouts(HostileTar table) {
        String canary = table.canary();
        table.applied("of-missing", "nothing", tar -> tar.file(".wh.none", ""));
        table.applied(
                "of-own-entry",
                "the same on all drivers: a whiteout is for lower layers",
                tar -> tar.file("a", "x").file(".wh.a", ""));
        table.applied(
                "before-own-entry", "`a` is there", tar -> tar.file(".wh.a", "").file("a", "x"));
        table.applied("of-full-folder", "nothing is left of lower layers", tar -> tar.file(".wh.folder", ""));
        table.applied("in-missing-folder", "nothing", tar -> tar.file("none/.wh.a", ""));
        table.applied(
                "opaque-first",
                "only this layer's entries",
                tar -> tar.folder("a/", 0755).file("a/.wh..wh..opq", "").file("a/b", "x"));
        table.applied(
                "opaque-last",
                "the same as first",
                tar -> tar.folder("a/", 0755).file("a/b", "x").file("a/.wh..wh..opq", ""));
        table.applied(
                "opaque-twice",
                "the same as once",
                tar -> tar.folder("a/", 0755)
                        .file("a/.wh..wh..opq", "")
                        .file("a/.wh..wh..opq", "")
                        .file("a/b", "x"));
        table.applied(
                "opaque-root",
                "nothing of lower layers",
                tar -> tar.file(".wh..wh..opq", "").file("a", "x"));
        for (String name : new String[] {".wh.", ".wh..", ".wh...", ".wh..wh.", ".wh..wh..wh.a"}) {
            table.either(
                    "name-" + name,
                    "refused or without effect; never the folder itself or its parent",
                    tar -> tar.file("a/keep", "x").file("a/" + name, ""));
        }
        table.refused(
                "of-parent-by-slash", "`..` is never a part of a name", tar -> tar.file(".wh.a/../../escaped", ""));
        table.either("of-parent", "refused; the root's parent keeps its content", tar -> tar.file(".wh...", ""));
        table.either(
                "aufs-metadata",
                "passed over: `.wh..wh.` names are nobody's files",
                tar -> tar.file(".wh..wh.plnk/1.2", "x")
                        .folder(".wh..wh.orph/", 0755)
                        .file(".wh..wh.aufs", ""));
        table.either(
                "as-folder",
                "refused, or the whiteout of `a`",
                tar -> tar.folder(".wh.a/", 0755).file(".wh.a/b", "x"));
        table.either(
                "as-symlink",
                "refused, or the whiteout of `a`; the canary stays",
                tar -> tar.symlink(".wh.a", canary + "/file"));
        table.either(
                "as-hard-link",
                "refused, or the whiteout of `a`",
                tar -> tar.file("f", "x").hardLink(".wh.a", "f"));
        table.either(
                "with-content-and-mode",
                "the whiteout of `a`; content is dropped",
                tar -> tar.file(".wh.a", 04777, utf8("content")).file("after", "x"));
        table.either(
                "below-whiteout",
                "refused, or both",
                tar -> tar.file(".wh.a", "").file("a/b", "x").file("a/.wh.c", ""));
        table.either(
                "overlay-device",
                "a whiteout device in a layer must not remove: refused, or a device that is seen",
                tar -> tar.device('3', "a", 0, 0));
        table.applied("in-capitals", "an ordinary file", tar -> tar.file(".WH.a", "x"));
        table.either(
                "of-252-letters",
                "with `.wh.` more than 255 bytes: refused, or the whiteout",
                tar -> tar.file(".wh." + "x".repeat(252), ""));
    }

    private static void specialFiles(HostileTar table) {
        table.either(
                "memory-device",
                "root: made, and shut by nodev; a user: refused or a placeholder",
                tar -> tar.device('3', "mem", 1, 1));
        table.either("disk", "likewise", tar -> tar.device('4', "disk", 8, 0));
        table.either(
                "numbers-too-large",
                "refused by its numbers, never cut down to others",
                tar -> tar.device('3', "a", 1L << 32, 1L << 32));
        table.either("numbers-negative", "refused", tar -> tar.device('3', "a", -1, -1));
        table.applied("fifo", "made; not opened", tar -> tar.entry('6', "a", 0644, "", new byte[0]));
        table.applied("contiguous", "type 7 is a file", tar -> tar.entry('7', "a", 0644, "", utf8("x")));
        table.applied(
                "old-file-type",
                "type NUL is a file, or a folder if its name ends in a slash",
                tar -> tar.entry('\0', "a", 0644, "", utf8("x")).entry('\0', "d/", 0755, "", new byte[0]));
        for (char type : new char[] {'s', 'M', 'V', 'D', 'N', 'A', 'Z', '8', '9', ' ', '\u007f'}) {
            table.either(
                    "type-" + (int) type,
                    "refused by its type or skipped; the next entry is found",
                    tar -> tar.entry(type, "a", 0644, "", utf8("x")).file("after", "y"));
        }
    }

    private static void owners(HostileTar table) {
        table.applied(
                "setuid-with-owner",
                "04755, owner 1: chmod after chown",
                tar -> tar.entry(
                        new TarHeader('0', "a", 04755).number(Field.UID, 1).number(Field.GID, 1), new byte[0]));
        table.applied("sticky-and-setgid", "03777", tar -> tar.folder("a/", 03777));
        table.either(
                "mode-of-all-ones",
                "07777: other bits are no mode",
                tar -> tar.entry(new TarHeader('0', "a", 0).number(Field.MODE, 07777777), new byte[0]));
        table.either(
                "type-in-mode",
                "a file: the type is not in the mode",
                tar -> tar.entry(new TarHeader('0', "a", 0).number(Field.MODE, 0040755), new byte[0]));
        for (long id : new long[] {65534, 65536, 2097151, 2097152, 0x7FFFFFFFL, 0xFFFFFFFEL}) {
            table.either(
                    "owner-" + id,
                    "root: exact; a user: exact or refused with the hint to subuid",
                    tar -> tar.entry(
                            new TarHeader('0', "a", 0644).number(Field.UID, id).number(Field.GID, id), new byte[0]));
        }
        for (long id : new long[] {-1, -2, 0xFFFFFFFFL, 1L << 32, 1L << 40}) {
            table.refused(
                    "owner-" + id,
                    "no such id; -1 would mean `unchanged`",
                    tar -> tar.entry(new TarHeader('0', "a", 0644).number(Field.UID, id), new byte[0]));
        }
        table.refused(
                "owner-by-pax-not-a-number",
                "refused",
                tar -> tar.pax(Map.of("uid", "root")).file("a", "x"));
        table.applied(
                "user-name-ignored",
                "owner 0: names in the archive are not looked up",
                tar -> tar.entry(
                        new TarHeader('0', "a", 0644)
                                .text(Field.USER, "wherry-test")
                                .text(Field.GROUP, "wherry-test"),
                        new byte[0]));
        for (long time : new long[] {-1, -2147483649L, 253402300800L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE}) {
            table.either(
                    "time-" + time,
                    "exact, the nearest the filesystem has, or refused",
                    tar -> tar.entry(new TarHeader('0', "a", 0644).number(Field.MTIME, time), new byte[0]));
        }
        table.applied(
                "time-with-fraction",
                "1.123456789 s after 1970",
                tar -> tar.pax(Map.of("mtime", "1.123456789")).file("a", "x"));
        table.applied(
                "time-before-1970-with-fraction",
                "-1.5 s",
                tar -> tar.pax(Map.of("mtime", "-1.5")).file("a", "x"));
        for (String time : new String[] {"", "-", ".", "1e9", "nan", "0x10", "1.2.3", "9".repeat(300)}) {
            table.either(
                    "time-by-pax-" + (time.length() > 20 ? "300-digits" : time),
                    "refused, or no time",
                    tar -> tar.pax(Map.of("mtime", time)).file("a", "x"));
        }
        table.either(
                "time-of-300000-digits",
                "refused at once: no arithmetic on it",
                tar -> tar.pax(Map.of("mtime", "1." + "7".repeat(300_000))).file("a", "x"));
    }

    private static void attributes(HostileTar table) {
        String key = "SCHILY.xattr.";
        for (String name : new String[] {"opaque", "redirect", "metacopy", "whiteout", "origin", "nlink", "uuid"}) {
            for (String space : new String[] {"trusted", "user"}) {
                table.either(
                        space + "-overlay-" + name,
                        "never reaches the driver as an instruction",
                        tar -> tar.pax(Map.of(key + space + ".overlay." + name, name.equals("redirect") ? "/etc" : "y"))
                                .folder("a/", 0755)
                                .file("a/b", "x"));
            }
        }
        table.either(
                "capability-v2",
                "kept by root; a user: kept as version 3, or dropped with one line",
                tar -> tar.pax(Tar.paxRecord(key + "security.capability", capability(2, 20)))
                        .file("a", 0755, utf8("x")));
        table.either(
                "capability-v3",
                "kept where allowed",
                tar -> tar.pax(Tar.paxRecord(key + "security.capability", capability(3, 24)))
                        .file("a", 0755, utf8("x")));
        table.either(
                "capability-garbage",
                "refused by the kernel: refused, or dropped with one line",
                tar -> tar.pax(Map.of(key + "security.capability", "garbage")).file("a", "x"));
        table.either(
                "label",
                "dropped with one line where there is no such module",
                tar -> tar.pax(Map.of(key + "security.selinux", "system_u:object_r:etc_t:s0\0"))
                        .file("a", "x"));
        table.either(
                "access-list-garbage",
                "refused, or dropped with one line",
                tar -> tar.pax(Map.of(key + "system.posix_acl_access", "garbage"))
                        .file("a", "x"));
        table.applied(
                "user-attribute",
                "bytes kept",
                tar -> tar.pax(Tar.paxRecord(key + "user.bytes", new byte[] {0, 1, (byte) 0xFF, '\n', '='}))
                        .file("a", "x"));
        table.applied(
                "empty-value",
                "kept, empty",
                tar -> tar.pax(Map.of(key + "user.empty", "")).file("a", "x"));
        table.either(
                "value-of-64-kib",
                "kept, or refused with the filesystem's limit",
                tar -> tar.pax(Tar.paxRecord(key + "user.large", new byte[65536]))
                        .file("a", "x"));
        table.refused(
                "value-over-64-kib",
                "over the kernel's limit",
                tar -> tar.pax(Tar.paxRecord(key + "user.larger", new byte[65537]))
                        .file("a", "x"));
        table.either(
                "name-without-space",
                "refused, or dropped with one line",
                tar -> tar.pax(Map.of(key + "nothing", "x")).file("a", "x"));
        table.either(
                "name-empty",
                "refused, or dropped",
                tar -> tar.pax(Map.of(key, "x")).file("a", "x"));
        table.either(
                "name-of-256",
                "refused",
                tar -> tar.pax(Map.of(key + "user." + "n".repeat(251), "x")).file("a", "x"));
        table.either(
                "on-symlink",
                "refused by the kernel for user.*: dropped with one line",
                tar -> tar.pax(Map.of(key + "user.left", "x")).symlink("a", "b"));
        table.either("1000-of-them", "kept, or refused with the limit", tar -> {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (int i = 0; i < 1000; i++) {
                body.writeBytes(Tar.paxRecord(key + "user.n" + i, utf8("value " + i)));
            }
            tar.pax(body.toByteArray()).file("a", "x");
        });
        table.either(
                "old-libarchive-form",
                "kept as user.old, or passed over",
                tar -> tar.pax(Map.of("LIBARCHIVE.xattr.user.old", "eA")).file("a", "x"));
    }

    /** struct vfs_cap_data: version and flags, two pairs of sets, and a root id in version 3; little-endian. */
    private static byte[] capability(int version, int length) {
        byte[] bytes = new byte[length];
        bytes[0] = 1; // effective
        bytes[3] = (byte) version;
        bytes[5] = 0x20; // net_raw
        return bytes;
    }
}
