package io.wherry.kernel.step;

import io.wherry.kernel.program.Linux;
import java.util.List;

/**
 * Attributes that a mount gets and loses, and its propagation (mount_setattr(2)).
 *
 * @param set MOUNT_ATTR_… bits to set
 * @param clear MOUNT_ATTR_… bits to clear
 * @param propagation MS_PRIVATE and its siblings, or 0
 */
public record MountAttributes(long set, long clear, long propagation) {
    /** Nothing set and nothing cleared. */
    public static final MountAttributes NONE = new MountAttributes(0, 0, 0);

    private static final String[] NAMES = {
        "ro",
        "rw",
        "nosuid",
        "suid",
        "nodev",
        "dev",
        "noexec",
        "exec",
        "noatime",
        "strictatime",
        "relatime",
        "nodiratime",
        "nosymfollow"
    };

    /** {@return attributes to set on a new mount} */
    public static MountAttributes of(long set) {
        return new MountAttributes(set, 0, 0);
    }

    /** {@return whether a mount option of fstab(5) is an attribute of the mount rather than an option of its filesystem} */
    public static boolean knows(String option) {
        for (String name : NAMES) {
            if (name.equals(option)) {
                return true;
            }
        }
        return false;
    }

    /** {@return the attributes that mount options of fstab(5) ask for; options that are none are passed over} */
    public static MountAttributes parse(List<String> options) {
        long set = 0;
        long clear = 0;
        for (String option : options) {
            switch (option) {
                case "ro" -> set |= Linux.MOUNT_ATTR_RDONLY;
                case "rw" -> set &= ~Linux.MOUNT_ATTR_RDONLY;
                case "nosuid" -> set |= Linux.MOUNT_ATTR_NOSUID;
                case "nodev" -> set |= Linux.MOUNT_ATTR_NODEV;
                case "noexec" -> set |= Linux.MOUNT_ATTR_NOEXEC;
                case "suid" -> set &= ~Linux.MOUNT_ATTR_NOSUID;
                case "dev" -> set &= ~Linux.MOUNT_ATTR_NODEV;
                case "exec" -> set &= ~Linux.MOUNT_ATTR_NOEXEC;
                case "nodiratime" -> set |= Linux.MOUNT_ATTR_NODIRATIME;
                case "nosymfollow" -> set |= Linux.MOUNT_ATTR_NOSYMFOLLOW;
                case "noatime" -> {
                    set |= Linux.MOUNT_ATTR_NOATIME;
                    clear |= Linux.MOUNT_ATTR__ATIME;
                }
                case "strictatime" -> {
                    set |= Linux.MOUNT_ATTR_STRICTATIME;
                    clear |= Linux.MOUNT_ATTR__ATIME;
                }
                case "relatime" -> clear |= Linux.MOUNT_ATTR__ATIME;
                default -> {}
            }
        }
        return new MountAttributes(set, clear, 0);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        append(text, set, Linux.MOUNT_ATTR_RDONLY, "ro");
        append(text, set, Linux.MOUNT_ATTR_NOSUID, "nosuid");
        append(text, set, Linux.MOUNT_ATTR_NODEV, "nodev");
        append(text, set, Linux.MOUNT_ATTR_NOEXEC, "noexec");
        append(text, set, Linux.MOUNT_ATTR_STRICTATIME, "strictatime");
        append(text, set, Linux.MOUNT_ATTR_NOATIME, "noatime");
        append(text, set, Linux.MOUNT_ATTR_NODIRATIME, "nodiratime");
        append(text, set, Linux.MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow");
        append(text, propagation, Linux.MS_PRIVATE, "private");
        append(text, propagation, Linux.MS_SLAVE, "slave");
        append(text, propagation, Linux.MS_SHARED, "shared");
        return text.isEmpty() ? "rw" : text.toString();
    }

    private static void append(StringBuilder text, long bits, long bit, String name) {
        if ((bits & bit) != 0) {
            text.append(text.isEmpty() ? "" : ",").append(name);
        }
    }
}
