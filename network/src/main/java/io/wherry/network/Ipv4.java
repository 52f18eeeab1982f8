package io.wherry.network;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;

/** IPv4 addresses as numbers, to count with. */
final class Ipv4 {
    private Ipv4() {}

    static int number(IpAddress address) {
        byte[] bytes = address.bytes();
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
    }

    static IpAddress address(int number) {
        return IpAddress.of(
                new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number});
    }

    static int mask(int length) {
        return length == 0 ? 0 : -1 << (32 - length);
    }

    /** {@return whether two subnets have an address in common, which is to say that the longer one lies in the shorter} */
    static boolean overlap(IpPrefix one, IpPrefix other) {
        int mask = mask(Math.min(one.length(), other.length()));
        return ((number(one.address()) ^ number(other.address())) & mask) == 0;
    }
}
