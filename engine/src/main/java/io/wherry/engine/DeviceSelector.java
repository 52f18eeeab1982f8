package io.wherry.engine;

import io.wherry.kernel.devices.DevicePattern;
import io.wherry.oci.WherryException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Devices by what they are instead of by where they happen to be, so that they are found again when they come back (docs/devices.md): {@code usb:vendor=0403,product=6001,serial=…},
 * {@code tty:ttyUSB*}, {@code input:}, {@code video:}, {@code hidraw:} and other classes of the kernel's, {@code by-id/…}, {@code by-path/…}. Any of them may be absent. A pure function of the text; stateless.
 */
public final class DeviceSelector {
    private static final String USB = "usb:";
    private static final String FORMS =
            "usb:vendor=HEX[,product=HEX][,serial=TEXT], tty:PATTERN, block:PATTERN, input:, video:, hidraw:, sound:, i2c:, spi:, gpio:, iio:, misc:NAME, usbmisc:, by-id/NAME, by-path/NAME";
    private static final String ACCESS = "rwm";

    /** Words for people, and the kernel's. */
    private static final Map<String, String> SUBSYSTEMS = Map.ofEntries(
            Map.entry("tty", "tty"),
            Map.entry("block", "block"),
            Map.entry("input", "input"),
            Map.entry("video", "video4linux"),
            Map.entry("hidraw", "hidraw"),
            Map.entry("sound", "sound"),
            Map.entry("i2c", "i2c-dev"),
            Map.entry("spi", "spidev"),
            Map.entry("gpio", "gpio"),
            Map.entry("iio", "iio"),
            Map.entry("misc", "misc"),
            Map.entry("usbmisc", "usbmisc"));

    /** Folders below /dev in which udev keeps such links. */
    private static final List<String> LINKED = List.of("serial", "input", "v4l", "disk", "snd");

    private DeviceSelector() {}

    /** {@return whether a text of {@code --device} is one; else it is a path} */
    public static boolean is(String text) {
        return !text.startsWith("/");
    }

    /**
     * {@return what it means; a device is meant if one of these fits}
     *
     * @throws WherryException of kind INVALID if it is none
     */
    public static List<DevicePattern> parse(String text) {
        if (text.startsWith(USB)) {
            return List.of(usb(text));
        }
        if (text.startsWith("by-id/") || text.startsWith("by-path/")) {
            return links(text);
        }
        int colon = text.indexOf(':');
        String word = colon < 0 ? "" : text.substring(0, colon);
        String subsystem = SUBSYSTEMS.getOrDefault(word, "");
        if (subsystem.isEmpty()) {
            throw invalid(text, "it is neither a path such as /dev/ttyUSB0 nor one of " + FORMS);
        }
        String name = text.substring(colon + 1);
        if (name.isEmpty() && (word.equals("tty") || word.equals("block") || word.equals("misc"))) {
            throw invalid(text, "it needs a name, such as ttyUSB* or sd?: all of the host's would be meant");
        }
        if (name.indexOf('/') >= 0 || !fits(name, DevicePattern.NAME_MOST)) {
            throw invalid(text, "`" + name + "` is not the name of a device of at most 63 bytes");
        }
        return List.of(new DevicePattern(DevicePattern.ANY, DevicePattern.ANY, subsystem, name, "", "", ACCESS));
    }

    private static DevicePattern usb(String text) {
        int vendor = DevicePattern.ANY;
        int product = DevicePattern.ANY;
        String serial = "";
        for (String field : text.substring(USB.length()).split(",", -1)) {
            int equals = field.indexOf('=');
            String value = field.substring(equals + 1);
            switch (equals < 0 ? "" : field.substring(0, equals)) {
                case "vendor" -> vendor = number(text, value);
                case "product" -> product = number(text, value);
                case "serial" -> serial = value;
                default -> throw invalid(text, "`" + field + "` is not vendor=HEX, product=HEX or serial=TEXT");
            }
        }
        if (vendor == DevicePattern.ANY) {
            throw invalid(text, "it names no vendor; `lsusb` prints vendor:product of each device");
        }
        if (!fits(serial, DevicePattern.NAME_MOST)) {
            throw invalid(text, "its serial number has more than 63 bytes");
        }
        return new DevicePattern(vendor, product, "", "", serial, "", ACCESS);
    }

    private static int number(String text, String digits) {
        boolean sound = !digits.isEmpty() && digits.length() <= 4;
        for (int i = 0; i < digits.length() && sound; i++) {
            sound = Character.digit(digits.charAt(i), 16) >= 0 && digits.charAt(i) < 128;
        }
        if (!sound) {
            throw invalid(text, "`" + digits + "` is not a number of one to four hexadecimal digits");
        }
        return Integer.parseInt(digits, 16);
    }

    private static List<DevicePattern> links(String text) {
        String name = text.substring(text.indexOf('/') + 1);
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.equals(".") || name.equals("..") || !fits(text, 190)) {
            throw invalid(text, "`" + name + "` is not the name of a link below /dev");
        }
        List<DevicePattern> patterns = new ArrayList<>();
        for (String folder : LINKED) {
            patterns.add(
                    new DevicePattern(DevicePattern.ANY, DevicePattern.ANY, "", "", "", folder + "/" + text, ACCESS));
        }
        return patterns;
    }

    private static boolean fits(String text, int most) {
        return text.indexOf('\0') < 0 && text.getBytes(StandardCharsets.UTF_8).length <= most;
    }

    private static WherryException invalid(String text, String why) {
        return ConfigCompiler.invalid("The device `" + text + "` is not known: " + why + ".");
    }
}
