package io.wherry.network;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.netlink.MacAddress;

/**
 * An address on a bridge.
 *
 * @param address the container's
 * @param subnet the bridge's subnet, without host bits
 * @param gateway the bridge's own address
 * @param claimed whether a container holds it, or it is only the one that would be taken
 */
public record Lease(IpAddress address, IpPrefix subnet, IpAddress gateway, boolean claimed) {

    /** {@return the address, or {@code <lease>} for one that is not claimed: what people read} */
    public String text() {
        return claimed ? address.toString() : "<lease>";
    }

    /** {@return the hardware address that goes with it, as {@code 02:42:ac:11:00:02}} */
    public String mac() {
        return MacAddress.derivedFrom(address).toString();
    }

    /** {@return the address with the length of the subnet's prefix: what an interface gets} */
    IpPrefix onLink() {
        return IpPrefix.of(address, subnet.length());
    }
}
