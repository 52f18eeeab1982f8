package io.wherry.kernel.caps;

import io.wherry.oci.WherryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * An immutable set of capabilities: a 64-bit mask in which bit N stands for the capability with number N. Bits above
 * the 41 known ones are kept, so a set that was read from a newer kernel loses nothing.
 */
public final class CapabilitySet {
    public static final CapabilitySet NONE = new CapabilitySet(0);

    /** All 41 capabilities that this version of Wherry knows by name. */
    public static final CapabilitySet ALL = new CapabilitySet((1L << Capability.COUNT) - 1);

    /** The 14 capabilities that docker gives a container unless told otherwise. */
    public static final CapabilitySet DEFAULT = of(
            Capability.CHOWN,
            Capability.DAC_OVERRIDE,
            Capability.FOWNER,
            Capability.FSETID,
            Capability.KILL,
            Capability.SETGID,
            Capability.SETUID,
            Capability.SETPCAP,
            Capability.NET_BIND_SERVICE,
            Capability.NET_RAW,
            Capability.SYS_CHROOT,
            Capability.MKNOD,
            Capability.AUDIT_WRITE,
            Capability.SETFCAP);

    private static final int VERSION_3 = 0x20080522;

    private final long mask;

    private CapabilitySet(long mask) {
        this.mask = mask;
    }

    /** {@return the set with exactly these bits, as read from {@code /proc/self/status}} */
    public static CapabilitySet ofMask(long mask) {
        return mask == 0 ? NONE : new CapabilitySet(mask);
    }

    public static CapabilitySet of(Capability... capabilities) {
        long mask = 0;
        for (Capability capability : capabilities) {
            mask |= bit(capability);
        }
        return ofMask(mask);
    }

    /**
     * Reads names as docker's users write them ({@link Capability#find}); {@code ALL} in any case stands for every
     * known capability.
     *
     * @throws WherryException of kind INVALID, naming the first name that is unknown
     */
    public static CapabilitySet parse(Collection<String> names) {
        long mask = 0;
        for (String name : names) {
            mask |= maskOf(name);
        }
        return ofMask(mask);
    }

    private static long maskOf(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (upper.equals("ALL") || upper.equals("CAP_ALL")) {
            return ALL.mask;
        }
        Capability capability = Capability.lookup(upper);
        if (capability == null) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "There is no capability `" + name + "`.",
                    "Write a name of capabilities(7) such as `NET_ADMIN` or `CAP_NET_ADMIN`, or `ALL`.");
        }
        return bit(capability);
    }

    /**
     * Applies {@code --cap-add} and {@code --cap-drop} to this set by docker's rule: {@code drop ALL} leaves exactly
     * what was added; {@code add ALL} leaves everything but what was dropped; else drops come first, so a capability
     * that is named in both is present.
     */
    public CapabilitySet adjust(Collection<String> added, Collection<String> dropped) {
        CapabilitySet adding = parse(added);
        CapabilitySet dropping = parse(dropped);
        if (dropping.mask == ALL.mask) {
            return adding;
        }
        return adding.mask == ALL.mask ? adding.drop(dropping) : drop(dropping).add(adding);
    }

    public CapabilitySet add(CapabilitySet other) {
        return ofMask(mask | other.mask);
    }

    public CapabilitySet drop(CapabilitySet other) {
        return ofMask(mask & ~other.mask);
    }

    public CapabilitySet intersect(CapabilitySet other) {
        return ofMask(mask & other.mask);
    }

    public boolean contains(Capability capability) {
        return (mask & bit(capability)) != 0;
    }

    public boolean containsAll(CapabilitySet other) {
        return (other.mask & ~mask) == 0;
    }

    public boolean isEmpty() {
        return mask == 0;
    }

    public long mask() {
        return mask;
    }

    /** {@return the bit numbers in this set, ascending} */
    public int[] numbers() {
        int[] numbers = new int[Long.bitCount(mask)];
        long rest = mask;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Long.numberOfTrailingZeros(rest);
            rest &= rest - 1;
        }
        return numbers;
    }

    /** {@return the kernel's names in the order of their numbers; bits without a name are left out} */
    public List<String> kernelNames() {
        List<String> names = new ArrayList<>(Capability.COUNT);
        for (int number : numbers()) {
            if (number < Capability.COUNT) {
                names.add(Capability.ofNumber(number).kernelName());
            }
        }
        return names;
    }

    /**
     * {@return the first argument of {@code capset(2)}: {@code struct __user_cap_header_struct} of version 3 for the
     * calling thread, 8 bytes}
     */
    public static byte[] capsetHeader() {
        byte[] bytes = new byte[8];
        put(bytes, 0, VERSION_3);
        return bytes;
    }

    /**
     * {@return the second argument of {@code capset(2)}: {@code struct __user_cap_data_struct[2]}, 24 bytes; the low 32
     * bits of effective, permitted, inheritable, then the high ones}
     */
    public static byte[] capsetData(CapabilitySet effective, CapabilitySet permitted, CapabilitySet inheritable) {
        byte[] bytes = new byte[24];
        put(bytes, 0, (int) effective.mask);
        put(bytes, 4, (int) permitted.mask);
        put(bytes, 8, (int) inheritable.mask);
        put(bytes, 12, (int) (effective.mask >>> 32));
        put(bytes, 16, (int) (permitted.mask >>> 32));
        put(bytes, 20, (int) (inheritable.mask >>> 32));
        return bytes;
    }

    private static void put(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
        bytes[at + 2] = (byte) (value >>> 16);
        bytes[at + 3] = (byte) (value >>> 24);
    }

    private static long bit(Capability capability) {
        return 1L << capability.number();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CapabilitySet set && set.mask == mask;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(mask);
    }

    @Override
    public String toString() {
        return kernelNames().toString();
    }
}
