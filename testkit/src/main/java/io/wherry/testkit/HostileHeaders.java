package io.wherry.testkit;

import static io.wherry.testkit.HostileTar.utf8;

import io.wherry.testkit.HostileTar.Outcome;
import io.wherry.testkit.TarHeader.Field;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;

/** Archives whose headers contradict themselves or each other. */
final class HostileHeaders {
    private HostileHeaders() {}

    static void add(HostileTar table) {
        numbers(table);
        ends(table);
        pax(table);
        sparse(table);
    }

    private static TarHeader file(String name) {
        return new TarHeader('0', name, 0644);
    }

    private static void numbers(HostileTar table) {
        table.refused("size-negative", "refused", tar -> tar.entry(file("a").number(Field.SIZE, -1), new byte[0]));
        table.refused(
                "size-largest",
                "the archive ends early",
                tar -> tar.entry(file("a").number(Field.SIZE, Long.MAX_VALUE), new byte[0]));
        table.refused(
                "size-overflows-when-rounded",
                "refused",
                tar -> tar.entry(file("a").number(Field.SIZE, Long.MAX_VALUE - 100), new byte[0]));
        table.refused(
                "size-over-64-bits",
                "refused",
                tar -> tar.entry(file("a").raw(Field.SIZE, filled(12, (byte) 0xBF)), new byte[0]));
        table.refused(
                "size-8-eib",
                "the archive ends early; no space is reserved before",
                tar -> tar.entry(file("a").number(Field.SIZE, 1L << 62), new byte[0]));
        table.refused(
                "size-not-octal", "refused", tar -> tar.entry(file("a").text(Field.SIZE, "00000000009"), new byte[0]));
        table.refused(
                "size-hexadecimal",
                "refused",
                tar -> tar.entry(file("a").text(Field.SIZE, "0x000000010"), new byte[0]));
        table.either(
                "size-empty",
                "refused, or 0",
                tar -> tar.entry(file("a").raw(Field.SIZE, new byte[12]), new byte[0])
                        .file("after", "x"));
        table.applied(
                "size-with-blanks",
                "blanks around octal are 1980's padding",
                tar -> tar.entry(file("a").text(Field.SIZE, "          1 "), utf8("x"))
                        .file("after", "y"));
        table.either(
                "size-of-folder",
                "the content is skipped, or refused; the next entry is found",
                tar -> tar.entry('5', "a/", 0755, "", new byte[512]).file("after", "x"));
        table.either(
                "size-of-device",
                "likewise",
                tar -> tar.entry(
                                new TarHeader('3', "a", 0644)
                                        .number(Field.MAJOR, 1)
                                        .number(Field.MINOR, 3)
                                        .number(Field.SIZE, 512),
                                new byte[512])
                        .file("after", "x"));
        table.refused(
                "checksum-wrong", "refused", tar -> tar.entry(file("a").text(Field.CHECKSUM, "000000"), new byte[0]));
        table.refused(
                "checksum-empty", "refused", tar -> tar.entry(file("a").raw(Field.CHECKSUM, new byte[8]), new byte[0]));
        table.refused(
                "mode-not-octal", "refused", tar -> tar.entry(file("a").text(Field.MODE, "zzzzzzz"), new byte[0]));
        table.either(
                "magic-missing",
                "an archive of 1979: applied, or refused",
                tar -> tar.entry(file("a").raw(Field.MAGIC, new byte[8]), new byte[0]));
        table.either(
                "magic-gnu",
                "applied; the prefix is not a prefix there",
                tar -> tar.entry(file("a").text(Field.MAGIC, "ustar  "), new byte[0]));
        table.either("random-block", "refused", tar -> tar.raw(filled(512, (byte) 0xA5)));
    }

    private static void ends(HostileTar table) {
        byte[] whole = new Tar().file("a", 0644, new byte[1500]).bytes();
        table.bytes("no-byte", Outcome.EITHER, "an empty layer, or refused", () -> new byte[0]);
        table.bytes(
                "no-end",
                Outcome.EITHER,
                "applied, or refused as cut",
                () -> new Tar().file("a", "x").withoutEnd());
        table.bytes(
                "one-zero-block",
                Outcome.EITHER,
                "applied, or refused as cut",
                () -> Arrays.copyOf(new Tar().file("a", "x").withoutEnd(), 1024 + 512));
        for (int length : new int[] {1, 511, 513, 1024, 2011, 2047}) {
            table.bytes(
                    "cut-at-" + length, Outcome.REFUSED, "the archive ends early", () -> Arrays.copyOf(whole, length));
        }
        table.bytes(
                "behind-the-end",
                Outcome.APPLIED,
                "what follows the end is not read as entries",
                () -> new Tar()
                        .raw(new Tar().file("a", "x").bytes())
                        .raw(new Tar().file("behind", "y").bytes())
                        .bytes());
        table.bytes(
                "garbage-behind-the-end",
                Outcome.EITHER,
                "applied, or refused",
                () -> new Tar()
                        .raw(new Tar().file("a", "x").bytes())
                        .raw(filled(700, (byte) 1))
                        .withoutEnd());
        table.bytes(
                "zero-block-between",
                Outcome.EITHER,
                "one zero block: the end, or passed over; the same on all drivers",
                () -> new Tar().file("a", "x").raw(new byte[512]).file("b", "y").bytes());
        table.bytes(
                "long-end",
                Outcome.APPLIED,
                "a megabyte of zeros is still the end",
                () -> new Tar().file("a", "x").raw(new byte[1 << 20]).bytes());
    }

    private static void pax(HostileTar table) {
        String[][] bodies = {
            {"no-length", "path=a\n"},
            {"length-zero", "0 path=a\n"},
            {"length-negative", "-9 path=a\n"},
            {"length-too-long", "99 path=a\n"},
            {"length-too-short", "3 path=a\n"},
            {"length-overflows", "99999999999999999999 path=a\n"},
            {"no-equals", "8 path\n"},
            {"no-newline", "9 path=ab"},
            {"no-key", "5 =a\n"},
        };
        for (String[] bad : bodies) {
            table.either(
                    "pax-" + bad[0],
                    "refused, or this one record without effect",
                    tar -> tar.pax(utf8(bad[1])).file("b", "x"));
        }
        table.refused(
                "pax-size-negative",
                "refused",
                tar -> tar.pax(Map.of("size", "-1")).file("a", "x"));
        table.refused(
                "pax-size-overflows",
                "refused",
                tar -> tar.pax(Map.of("size", "18446744073709551616")).file("a", "x"));
        table.applied(
                "pax-size-wins",
                "the pax size counts, not the header's",
                tar -> tar.pax(Map.of("size", "1"))
                        .entry(file("a").number(Field.SIZE, 0), utf8("x"))
                        .file("after", "y"));
        table.applied(
                "pax-record-twice",
                "the last one",
                tar -> tar.pax(records("path", "first", "path", "last")).file("a", "x"));
        table.either(
                "pax-twice",
                "both count, or the last",
                tar -> tar.pax(Map.of("path", "first"))
                        .pax(Map.of("mtime", "1"))
                        .file("a", "x"));
        table.applied(
                "pax-empty-value-deletes",
                "the header's name",
                tar -> tar.pax(Tar.paxRecord("path", new byte[0])).file("a", "x"));
        table.either(
                "pax-global-path",
                "a global name is refused, or passed over",
                tar -> tar.extension('g', "g", Tar.paxRecord("path", utf8("../escaped")))
                        .file("a", "x")
                        .file("b", "y"));
        table.applied(
                "pax-global-comment",
                "passed over",
                tar -> tar.extension('g', "g", Tar.paxRecord("comment", utf8("0123")))
                        .file("a", "x"));
        table.either("pax-without-entry", "refused, or an empty layer", tar -> tar.pax(Map.of("path", "a")));
        table.refused(
                "pax-says-1-gib",
                "refused by size before it is read",
                tar -> tar.entry(new TarHeader('x', "p", 0644).number(Field.SIZE, 1L << 30), new byte[0]));
        table.refused(
                "pax-of-64-mib",
                "refused by size; memory does not grow",
                tar -> tar.pax(Tar.paxRecord("comment", new byte[64 << 20])).file("a", "x"));
        table.refused(
                "long-name-says-1-gib",
                "refused by size before it is read",
                tar -> tar.entry(new TarHeader('L', "././@LongLink", 0644).number(Field.SIZE, 1L << 30), new byte[0]));
        table.either("long-name-chain", "the last one counts, or refused; time does not grow", tar -> {
            for (int i = 0; i < 10_000; i++) {
                tar.extension('L', "././@LongLink", utf8("name" + i + "\0"));
            }
            tar.file("a", "x");
        });
        table.either(
                "long-name-and-pax",
                "one of both; the same on all drivers",
                tar -> tar.pax(Map.of("path", "by-pax"))
                        .extension('L', "l", utf8("by-gnu\0"))
                        .file("a", "x"));
        table.applied(
                "long-name-without-nul",
                "the whole body is the name",
                tar -> tar.extension('L', "l", utf8("name-of-gnu")).file("a", "x"));
        table.either(
                "long-name-empty",
                "refused, or the header's name",
                tar -> tar.extension('L', "l", new byte[0]).file("a", "x"));
    }

    private static void sparse(HostileTar table) {
        table.either(
                "sparse-1.0",
                "eight zeros and `x`, or refused by its name",
                tar -> sparse(tar, "real", "9", "1\n8\n1\n"));
        String[][] maps = {
            {"count-huge", "99999999\n"},
            {"count-overflows", "99999999999999999999\n"},
            {"offset-negative", "1\n-8\n1\n"},
            {"offset-overflows", "1\n9223372036854775807\n1\n"},
            {"behind-the-size", "1\n100\n1\n"},
            {"not-a-number", "x\n"},
            {"no-newline", "1"},
        };
        for (String[] map : maps) {
            table.refused("sparse-" + map[0], "refused", tar -> sparse(tar, "real", "9", map[1]));
        }
        table.refused(
                "sparse-name-climbs",
                "`..` is never a part of a name",
                tar -> sparse(tar, "../escaped", "1", "1\n0\n1\n"));
        table.either(
                "sparse-8-eib",
                "a hole of 8 EiB: refused by the filesystem's limit, at once",
                tar -> sparse(tar, "real", "9223372036854775807", "1\n0\n1\n"));
        table.either(
                "sparse-old-gnu",
                "type S: applied, or refused by its name",
                tar -> tar.entry('S', "a", 0644, "", utf8("x")).file("after", "y"));
        table.either("sparse-0.1", "applied, or refused by its name", tar -> {
            tar.pax(records("GNU.sparse.size", "9", "GNU.sparse.numblocks", "1", "GNU.sparse.map", "8,1"));
            tar.file("a", "x");
        });
    }

    /** A sparse file of GNU's format 1.0: the map of its extents fills the first block of the content; then one byte. */
    private static void sparse(Tar tar, String name, String size, String map) {
        tar.pax(records(
                "GNU.sparse.major",
                "1",
                "GNU.sparse.minor",
                "0",
                "GNU.sparse.name",
                name,
                "GNU.sparse.realsize",
                size));
        byte[] content = Arrays.copyOf(utf8(map), 513);
        content[512] = 'x';
        tar.file("GNUSparseFile.0/a", 0644, content);
    }

    /** Keys and values by turns, in this order. */
    private static byte[] records(String... keysAndValues) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            body.writeBytes(Tar.paxRecord(keysAndValues[i], utf8(keysAndValues[i + 1])));
        }
        return body.toByteArray();
    }

    private static byte[] filled(int length, byte value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, value);
        return bytes;
    }
}
