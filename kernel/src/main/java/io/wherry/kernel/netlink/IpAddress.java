package io.wherry.kernel.netlink;

import io.wherry.oci.WherryException;
import java.util.Arrays;

/**
 * An IPv4 or IPv6 address: 4 or 16 bytes in network order. In place of {@link java.net.InetAddress}, whose class loads a
 * native library and which resolves names.
 *
 * <p>Text is strict: four decimal numbers of 0 to 255 without leading zeros, or RFC 4291 section 2.2 without a zone and
 * without an embedded IPv4 address. {@link #toString} follows RFC 5952.
 */
public final class IpAddress {
    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Makes an address of 4 or 16 bytes in network order.
     *
     * @throws IllegalArgumentException if there are more or fewer
     */
    public static IpAddress of(byte[] bytes) {
        if (bytes.length != 4 && bytes.length != 16) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length);
        }
        return new IpAddress(bytes.clone());
    }

    /**
     * Reads an address.
     *
     * @throws WherryException of kind INVALID with the text, if it is not one
     */
    public static IpAddress parse(String text) {
        byte[] bytes = text.indexOf(':') < 0 ? IpText.parse4(text) : IpText.parse6(text);
        if (bytes == null) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + text + "` is not an IP address.",
                    "Write one such as `10.88.0.1` or `fd00::1`, without a zone.");
        }
        return new IpAddress(bytes);
    }

    public boolean isV6() {
        return bytes.length == 16;
    }

    /** {@return a copy of the 4 or 16 bytes} */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** {@return this address with all bits after the first {@code length} cleared} */
    IpAddress masked(int length) {
        byte[] masked = bytes.clone();
        for (int i = 0; i < masked.length; i++) {
            masked[i] = (byte) (masked[i] & IpPrefix.maskByte(length, i));
        }
        return new IpAddress(masked);
    }

    /** {@return this address with all bits after the first {@code length} set} */
    IpAddress last(int length) {
        byte[] last = bytes.clone();
        for (int i = 0; i < last.length; i++) {
            last[i] = (byte) (last[i] | ~IpPrefix.maskByte(length, i));
        }
        return new IpAddress(last);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return isV6() ? IpText.format6(bytes) : IpText.format4(bytes);
    }
}
