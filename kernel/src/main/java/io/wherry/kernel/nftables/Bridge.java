package io.wherry.kernel.nftables;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.netlink.RouteBatch;
import java.util.Optional;

/**
 * A bridge whose containers the firewall serves.
 *
 * @param interfaceName the bridge's interface, 1 to 15 characters
 * @param subnet4 its IPv4 subnet; host bits do not matter
 * @param subnet6 its IPv6 subnet; without one the host takes no IPv6 from this bridge
 */
public record Bridge(String interfaceName, IpPrefix subnet4, Optional<IpPrefix> subnet6) {
    public Bridge {
        RouteBatch.checkName(interfaceName);
        if (subnet4.address().isV6()
                || (subnet6.isPresent() && !subnet6.get().address().isV6())) {
            throw new IllegalArgumentException(
                    "bridge `" + interfaceName + "` needs an IPv4 subnet first and an IPv6 subnet second");
        }
    }

    /** A bridge without IPv6. */
    public static Bridge of(String interfaceName, IpPrefix subnet4) {
        return new Bridge(interfaceName, subnet4, Optional.empty());
    }
}
