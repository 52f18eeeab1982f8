package io.wherry.kernel.netlink;

import io.wherry.oci.WherryException;

/**
 * An address and the number of its leading bits that name the network, such as {@code 10.88.0.5/16}. Host bits may be
 * set: the value serves as an interface's address as well as, by {@link #network}, as a subnet.
 */
public final class IpPrefix {
    private final IpAddress address;
    private final int length;

    private IpPrefix(IpAddress address, int length) {
        this.address = address;
        this.length = length;
    }

    /**
     * Joins an address and a prefix length.
     *
     * @throws WherryException of kind INVALID if the length is not 0 to 32 (IPv4) or 128 (IPv6)
     */
    public static IpPrefix of(IpAddress address, int length) {
        int bits = address.isV6() ? 128 : 32;
        if (length < 0 || length > bits) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "The prefix length of `" + address + "` must be 0 to " + bits + ", not " + length + ".");
        }
        return new IpPrefix(address, length);
    }

    /**
     * Reads {@code ADDRESS/LENGTH}.
     *
     * @throws WherryException of kind INVALID with the text, if it is not of this form
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw malformed(text);
        }
        int digits = text.length() - slash - 1;
        int length = 0;
        for (int i = slash + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || digits > 3) {
                throw malformed(text);
            }
            length = length * 10 + c - '0';
        }
        if (digits == 0 || (digits > 1 && text.charAt(slash + 1) == '0')) {
            throw malformed(text);
        }
        return of(IpAddress.parse(text.substring(0, slash)), length);
    }

    private static WherryException malformed(String text) {
        return new WherryException(
                WherryException.Kind.INVALID,
                "`" + text + "` is not an address with a prefix length.",
                "Write one such as `10.88.0.1/16`.");
    }

    public IpAddress address() {
        return address;
    }

    public int length() {
        return length;
    }

    /** {@return the subnet: this prefix with its host bits cleared} */
    public IpPrefix network() {
        return new IpPrefix(address.masked(length), length);
    }

    /** {@return the address with all host bits set: IPv4's broadcast address} */
    public IpAddress broadcast() {
        return address.last(length);
    }

    /** {@return the netmask: as many bytes as the address, the first {@code length} bits set} */
    public byte[] mask() {
        byte[] mask = new byte[address.isV6() ? 16 : 4];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) maskByte(length, i);
        }
        return mask;
    }

    public boolean contains(IpAddress other) {
        return other.isV6() == address.isV6() && other.masked(length).equals(address.masked(length));
    }

    /** {@return byte {@code index} of a mask of {@code length} bits, 0 to 255} */
    static int maskByte(int length, int index) {
        int bits = Math.clamp(length - 8L * index, 0, 8);
        return (0xff00 >>> bits) & 0xff;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpPrefix prefix && length == prefix.length && address.equals(prefix.address);
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + length;
    }

    @Override
    public String toString() {
        return address.toString().concat("/").concat(Integer.toString(length));
    }
}
