package io.wherry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.testkit.TarHeader.Field;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;

/**
 * Writes a tar archive in memory, entry by entry, as written and not as anybody would clean it up. Names that do not fit into a header go into a pax record in
 * front of it. Equal calls give equal bytes. Not for use by several threads.
 */
public final class Tar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** An empty archive. */
    public Tar() {}

    public Tar folder(String name, int mode) {
        return entry('5', name, mode, "", new byte[0]);
    }

    public Tar file(String name, int mode, byte[] content) {
        return entry('0', name, mode, "", content);
    }

    public Tar file(String name, String content) {
        return file(name, 0644, content.getBytes(UTF_8));
    }

    public Tar symlink(String name, String target) {
        return entry('2', name, 0777, target, new byte[0]);
    }

    public Tar hardLink(String name, String target) {
        return entry('1', name, 0644, target, new byte[0]);
    }

    /**
     * A device node.
     *
     * @param type {@code '3'} for a character, {@code '4'} for a block device
     */
    public Tar device(char type, String name, long major, long minor) {
        TarHeader header = new TarHeader(type, name, 0666);
        return entry(header.number(Field.MAJOR, major).number(Field.MINOR, minor), new byte[0]);
    }

    /** An entry of any type; the size in its header is that of the content. */
    public Tar entry(char type, String name, int mode, String link, byte[] content) {
        if (name.getBytes(UTF_8).length > 100) {
            pax(Map.of("path", name));
        }
        if (link.getBytes(UTF_8).length > 100) {
            pax(Map.of("linkpath", link));
        }
        TarHeader header = new TarHeader(type, name, mode).text(Field.LINK, link);
        return entry(header.number(Field.SIZE, content.length), content);
    }

    /** A header as it is, then the content, filled up to whole blocks. */
    public Tar entry(TarHeader header, byte[] content) {
        return raw(header.bytes()).raw(content).raw(new byte[Math.floorMod(-content.length, 512)]);
    }

    /** A pax extended header for the next entry; records in the map's order. */
    public Tar pax(Map<String, String> records) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        records.forEach((key, value) -> body.writeBytes(paxRecord(key, value.getBytes(UTF_8))));
        return pax(body.toByteArray());
    }

    /** A pax extended header with any content. */
    public Tar pax(byte[] body) {
        return extension('x', "PaxHeaders/next", body);
    }

    /** An entry that speaks about others: {@code x}, {@code g}, {@code L}, {@code K}, …. */
    public Tar extension(char type, String name, byte[] body) {
        return entry(new TarHeader(type, name, 0644).number(Field.SIZE, body.length), body);
    }

    /** {@return one pax record: its own length in bytes, a blank, key, equals sign, value, newline} */
    public static byte[] paxRecord(String key, byte[] value) {
        int rest = key.getBytes(UTF_8).length + value.length + 3;
        int length = rest + 1;
        while (length != rest + Integer.toString(length).length()) {
            length = rest + Integer.toString(length).length();
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes((length + " " + key + "=").getBytes(UTF_8));
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    public Tar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** {@return the archive with its end, two blocks of zeros} */
    public byte[] bytes() {
        byte[] open = withoutEnd();
        return Arrays.copyOf(open, open.length + 1024);
    }

    /** {@return the archive without the two blocks that end it} */
    public byte[] withoutEnd() {
        return out.toByteArray();
    }
}
