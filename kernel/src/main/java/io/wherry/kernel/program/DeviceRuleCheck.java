package io.wherry.kernel.program;

import java.nio.ByteBuffer;

/** Whether the rules of FOLLOW are sound (docs/devices.md): what {@code device_rules.c} says, said once more. Stateless. */
final class DeviceRuleCheck {
    private static final int SIZE = 384;
    private static final int MOST = 64;
    private static final int USB_LAST = 0xFFFF;
    private static final int ANY = -1;
    private static final int ALL_ACCESS = 7;
    private static final int SUBSYSTEM = 16;
    private static final int NAME = 48;
    private static final int SERIAL = 112;
    private static final int LINK = 176;

    private DeviceRuleCheck() {}

    static boolean areSound(ByteBuffer data, int at, long length) {
        boolean sound = length > 0 && length % SIZE == 0 && length / SIZE <= MOST;
        for (int rule = at; sound && rule < at + length; rule += SIZE) {
            sound = isSound(data, rule);
        }
        return sound;
    }

    private static boolean isSound(ByteBuffer data, int at) {
        int vendor = data.getInt(at);
        int access = data.getInt(at + 8);
        boolean numbers = isUsb(vendor)
                && isUsb(data.getInt(at + 4))
                && access > 0
                && access <= ALL_ACCESS
                && data.getInt(at + 12) == 0;
        boolean texts = ends(data, at + SUBSYSTEM, at + NAME)
                && ends(data, at + NAME, at + SERIAL)
                && ends(data, at + SERIAL, at + LINK)
                && ends(data, at + LINK, at + SIZE);
        boolean demands = vendor != ANY || data.get(at + SUBSYSTEM) != 0 || data.get(at + LINK) != 0;
        return numbers && texts && demands && isBelow(KernelProgram.string(data, at + LINK));
    }

    private static boolean isUsb(int number) {
        return number == ANY || (number >= 0 && number <= USB_LAST);
    }

    private static boolean ends(ByteBuffer data, int from, int to) {
        for (int i = from; i < to; i++) {
            if (data.get(i) == 0) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether a link is empty, or relative and without dots and empty names} */
    private static boolean isBelow(String link) {
        if (link.isEmpty()) {
            return true;
        }
        for (String name : link.split("/", -1)) {
            if (name.isEmpty() || name.equals(".") || name.equals("..")) {
                return false;
            }
        }
        return true;
    }
}
