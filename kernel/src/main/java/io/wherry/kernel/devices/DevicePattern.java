package io.wherry.kernel.devices;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Which devices are meant, whenever they are there (docs/devices.md): all demands must hold; an empty text, or {@link #ANY}, is none.
 *
 * @param vendor of the USB device above it, 0 to 0xFFFF
 * @param product 0 to 0xFFFF
 * @param subsystem the kernel's word, such as {@code tty}
 * @param name pattern of the kernel's name: {@code *} any text, {@code ?} any character
 * @param serial of the USB device above it
 * @param link a link below /dev that leads to it, relative
 * @param access some of r, w, m
 */
public record DevicePattern(
        int vendor, int product, String subsystem, String name, String serial, String link, String access) {
    /** No demand. */
    public static final int ANY = -1;

    /** The longest texts, in bytes of UTF-8. */
    public static final int SUBSYSTEM_MOST = 31;

    /** Of name and serial number. */
    public static final int NAME_MOST = 63;

    /** Of a link. */
    public static final int LINK_MOST = 207;

    private static final int SIZE = 384;

    /** {@return rules one behind the other, as the instruction FOLLOW has them} */
    public static byte[] bytes(List<DevicePattern> patterns) {
        ByteBuffer block = ByteBuffer.allocate(SIZE * patterns.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (DevicePattern pattern : patterns) {
            int mask = 0;
            for (int i = 0; i < 3; i++) {
                mask |= pattern.access.indexOf("rwm".charAt(i)) < 0 ? 0 : 1 << i;
            }
            block.putInt(pattern.vendor).putInt(pattern.product).putInt(mask).putInt(0);
            put(block, pattern.subsystem, SUBSYSTEM_MOST);
            put(block, pattern.name, NAME_MOST);
            put(block, pattern.serial, NAME_MOST);
            put(block, pattern.link, LINK_MOST);
        }
        return block.array();
    }

    private static void put(ByteBuffer block, String text, int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > most) {
            throw new IllegalArgumentException("longer than " + most + " bytes: `" + text + "`");
        }
        int next = block.position() + most + 1;
        block.put(bytes).position(next);
    }

    /** {@return it for people} */
    public String text() {
        StringBuilder text = new StringBuilder();
        add(text, vendor == ANY ? "" : "vendor %04x".formatted(vendor));
        add(text, product == ANY ? "" : "product %04x".formatted(product));
        add(text, subsystem);
        add(text, name);
        add(text, serial.isEmpty() ? "" : "serial " + serial);
        add(text, link.isEmpty() ? "" : "/dev/" + link);
        return text.append(" (").append(access).append(')').toString();
    }

    private static void add(StringBuilder text, String part) {
        text.append(text.isEmpty() || part.isEmpty() ? "" : " ").append(part);
    }
}
