package io.wherry.kernel.caps;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One capability of Linux, as of kernel 6.16. {@link #number()} is the bit number in every capability mask; the
 * constants stand in its order.
 *
 * <p>Specification: {@code include/uapi/linux/capability.h}, {@code capabilities(7)}.
 */
public enum Capability {
    CHOWN(0),
    DAC_OVERRIDE(1),
    DAC_READ_SEARCH(2),
    FOWNER(3),
    FSETID(4),
    KILL(5),
    SETGID(6),
    SETUID(7),
    SETPCAP(8),
    LINUX_IMMUTABLE(9),
    NET_BIND_SERVICE(10),
    NET_BROADCAST(11),
    NET_ADMIN(12),
    NET_RAW(13),
    IPC_LOCK(14),
    IPC_OWNER(15),
    SYS_MODULE(16),
    SYS_RAWIO(17),
    SYS_CHROOT(18),
    SYS_PTRACE(19),
    SYS_PACCT(20),
    SYS_ADMIN(21),
    SYS_BOOT(22),
    SYS_NICE(23),
    SYS_RESOURCE(24),
    SYS_TIME(25),
    SYS_TTY_CONFIG(26),
    MKNOD(27),
    LEASE(28),
    AUDIT_WRITE(29),
    AUDIT_CONTROL(30),
    SETFCAP(31),
    MAC_OVERRIDE(32),
    MAC_ADMIN(33),
    SYSLOG(34),
    WAKE_ALARM(35),
    BLOCK_SUSPEND(36),
    AUDIT_READ(37),
    PERFMON(38),
    BPF(39),
    CHECKPOINT_RESTORE(40);

    static final int COUNT = 41;

    private static final Capability[] BY_NUMBER = values();

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    /** {@return the bit number, 0 to 40} */
    public int number() {
        return number;
    }

    /** {@return the kernel's name, such as {@code CAP_NET_RAW}} */
    public String kernelName() {
        return "CAP_".concat(name());
    }

    /**
     * Finds a capability by name as docker's users write it: with or without {@code CAP_}, in any case. {@code ALL} is
     * no capability; see {@link CapabilitySet#parse}.
     */
    public static Optional<Capability> find(String text) {
        return Optional.ofNullable(lookup(text.toUpperCase(Locale.ROOT)));
    }

    static @Nullable Capability lookup(String upper) {
        String name = upper.startsWith("CAP_") ? upper.substring(4) : upper;
        for (Capability capability : BY_NUMBER) {
            if (capability.name().equals(name)) {
                return capability;
            }
        }
        return null;
    }

    /**
     * {@return the capability with this bit number}
     *
     * @throws IllegalArgumentException if the number is not 0 to 40
     */
    public static Capability ofNumber(int number) {
        if (number < 0 || number >= COUNT) {
            throw new IllegalArgumentException("capability number must be 0 to 40: " + number);
        }
        return BY_NUMBER[number];
    }
}
