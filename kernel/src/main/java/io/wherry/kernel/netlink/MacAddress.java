package io.wherry.kernel.netlink;

import java.util.Arrays;

/** An Ethernet address: six bytes, unicast (a link refuses a multicast one). */
public final class MacAddress {
    private final byte[] bytes;

    private MacAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Makes an address of six bytes.
     *
     * @throws IllegalArgumentException unless these are six bytes of a unicast address that is not all zero
     */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != 6 || (bytes[0] & 1) != 0 || Arrays.equals(bytes, new byte[6])) {
            throw new IllegalArgumentException(
                    "an Ethernet address has six bytes, not all zero, and the lowest bit of the first is 0");
        }
        return new MacAddress(bytes.clone());
    }

    /**
     * {@return the locally administered address {@code 02:42:} and the four bytes of this IPv4 address}: unique in its
     * subnet, and the same again after a restart, so neighbours' caches stay right.
     */
    public static MacAddress derivedFrom(IpAddress address) {
        if (address.isV6()) {
            throw new IllegalArgumentException("an Ethernet address derives from an IPv4 address, not from " + address);
        }
        byte[] bytes = {0x02, 0x42, 0, 0, 0, 0};
        System.arraycopy(address.bytes(), 0, bytes, 2, 4);
        return new MacAddress(bytes);
    }

    /** {@return a copy of the six bytes} */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MacAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int i = 0; i < 6; i++) {
            text.append(i == 0 ? "" : ":");
            text.append(Character.forDigit((bytes[i] >> 4) & 15, 16)).append(Character.forDigit(bytes[i] & 15, 16));
        }
        return text.toString();
    }
}
