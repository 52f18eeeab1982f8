package io.wherry.network;

import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.oci.WherryException;
import java.util.List;

/**
 * Chooses a subnet of private addresses (RFC 1918) that nobody on the host uses. Pure.
 *
 * <p>A subnet is a /20: more addresses than a Linux bridge has ports (1,023). The first range lies away from what other engines, clusters and
 * home routers take; the others serve where a route claims all of 10.0.0.0/8. Where in the range the search begins depends on
 * the root, so that two roots on one host differ even before either has a bridge.
 */
final class SubnetChoice {
    static final int LENGTH = 20;
    private static final IpPrefix[] RANGES = {
        IpPrefix.parse("10.192.0.0/12"), IpPrefix.parse("172.20.0.0/14"), IpPrefix.parse("192.168.128.0/17")
    };

    private SubnetChoice() {}

    /**
     * {@return a subnet that overlaps none of these}
     *
     * @param hash where to begin
     * @throws WherryException of kind FAILED_PRECONDITION if there is none
     */
    static IpPrefix choose(int hash, List<IpPrefix> occupied) {
        for (IpPrefix range : RANGES) {
            int count = 1 << (LENGTH - range.length());
            int first = Integer.remainderUnsigned(hash, count);
            for (int i = 0; i < count; i++) {
                int offset = (first + i) % count << (32 - LENGTH);
                IpPrefix subnet = IpPrefix.of(Ipv4.address(Ipv4.number(range.address()) + offset), LENGTH);
                if (isFree(subnet, occupied)) {
                    return subnet;
                }
            }
        }
        throw new WherryException(
                WherryException.Kind.FAILED_PRECONDITION,
                "There is no free subnet for containers: the host has routes into every /20 of 10.192.0.0/12, 172.20.0.0/14"
                        + " and 192.168.128.0/17.",
                "Run with --network host or --network none.");
    }

    private static boolean isFree(IpPrefix subnet, List<IpPrefix> occupied) {
        for (IpPrefix other : occupied) {
            if (Ipv4.overlap(subnet, other)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the bridge's own address: the first of the subnet} */
    static IpAddress gateway(IpPrefix subnet) {
        return Ipv4.address(Ipv4.number(subnet.address()) + 1);
    }
}
