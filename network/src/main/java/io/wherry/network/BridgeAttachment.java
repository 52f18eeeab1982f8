package io.wherry.network;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.netlink.MacAddress;
import io.wherry.kernel.netlink.RouteBatch;
import io.wherry.kernel.netlink.Veth;
import io.wherry.kernel.nftables.BridgeFirewall;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AdmitAddress;
import io.wherry.kernel.step.HoldLease;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenNetlink;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.ReturnLease;
import io.wherry.kernel.step.SendNetlink;
import io.wherry.kernel.step.SetHostParameter;
import io.wherry.kernel.step.Slot;
import java.util.List;

/**
 * One container on the bridge. Everything shared is made where it is missing, so that each start repairs what others broke; everything of the
 * container's own has a name that follows from its id.
 */
final class BridgeAttachment implements NetworkAttachment {
    private final BridgeNetwork network;
    private final Lease lease;
    private final String id;
    private final String leases;
    private final List<IpAddress> everyone;
    private final int mtu;
    private final int indexInside;

    BridgeAttachment(
            BridgeNetwork network,
            Lease lease,
            String id,
            String leases,
            List<IpAddress> everyone,
            int mtu,
            int indexInside) {
        this.network = network;
        this.lease = lease;
        this.id = id;
        this.leases = leases;
        this.everyone = List.copyOf(everyone);
        this.mtu = mtu;
        this.indexInside = indexInside;
    }

    @Override
    public void pilot(Plan plan, int strand, Slot namespace) {
        plan.add(
                strand,
                new HoldLease(leases, lease.address().toString(), id, "hold the lease of the address " + lease.text()));
        plan.add(strand, new SetHostParameter("net/ipv4/ip_forward", "1", false));
        Slot links = plan.slot("links");
        plan.add(strand, new OpenNetlink(Linux.NETLINK_ROUTE, links));
        bridge(plan, strand, links);
        Slot firewall = plan.slot("firewall");
        plan.add(strand, new OpenNetlink(Linux.NETLINK_NETFILTER, firewall));
        plan.add(
                strand,
                new AdmitAddress(
                        firewall,
                        BridgeFirewall.addAddress(network.id(), network.bridge(), lease.address()),
                        network.rules(),
                        BridgeFirewall.addAddresses(network.id(), network.bridge(), everyone),
                        "apply the rules of table " + BridgeFirewall.tableName(network.id()) + " and admit "
                                + lease.text()));
        veth(plan, strand, links, namespace);
    }

    private void bridge(Plan plan, int strand, Slot links) {
        String name = network.bridge();
        IpPrefix address = IpPrefix.of(lease.gateway(), lease.subnet().length());
        send(
                plan,
                strand,
                links,
                new RouteBatch()
                        .createBridge(name, network.bridgeIndex(), MacAddress.derivedFrom(lease.gateway()))
                        .finish(),
                Errno.EEXIST,
                "make the bridge " + name + ", unless it is there");
        plan.add(strand, withoutIpv6(name)); // before it is up, or it would hear router advertisements
        // By name: should the index belong to another interface, this is where it shows, before that one gets an
        // address.
        plan.add(
                strand,
                new SendNetlink(links, new RouteBatch().setUp(name).finish(), "bring the bridge " + name + " up"));
        send(
                plan,
                strand,
                links,
                new RouteBatch().addAddress(network.bridgeIndex(), address).finish(),
                Errno.EEXIST,
                "give it the address " + address + ", unless it has it");
    }

    private void veth(Plan plan, int strand, Slot links, Slot namespace) {
        String name = BridgeNetwork.vethName(id);
        // The pair of the start before dies with that start's network namespace, which the kernel takes down in its own
        // time.
        send(
                plan,
                strand,
                links,
                new RouteBatch().deleteLink(name).finish(),
                Errno.ENODEV,
                "remove the interface " + name + " of an earlier start");
        Veth pair = Veth.of(name, namespace.number())
                .withPeer("eth0", indexInside)
                .withMaster(network.bridgeIndex())
                .withPeerAddress(MacAddress.derivedFrom(lease.address()))
                .withMtu(mtu);
        plan.add(
                strand,
                new SendNetlink(
                        links,
                        new RouteBatch().createVeth(pair).finish(),
                        "make " + name + " on the bridge and eth0 in the " + namespace.name()));
        plan.add(strand, withoutIpv6(name));
    }

    private static SetHostParameter withoutIpv6(String name) {
        return new SetHostParameter("net/ipv6/conf/" + name + "/disable_ipv6", "1", true);
    }

    private static void send(Plan plan, int strand, Slot links, Batch batch, Errno tolerated, String what) {
        plan.add(strand, new SendNetlink(links, batch, List.of(tolerated), what));
    }

    @Override
    public void inside(Plan plan, int strand) {
        Slot links = plan.slot("links inside");
        plan.add(strand, new OpenNetlink(Linux.NETLINK_ROUTE, links));
        Batch batch = new RouteBatch()
                .setUp(RouteBatch.LOOPBACK)
                .addAddress(indexInside, lease.onLink())
                .setUp(indexInside)
                .addDefaultRoute(lease.gateway(), indexInside)
                .finish();
        plan.add(
                strand,
                new SendNetlink(
                        links,
                        batch,
                        "bring lo up, and eth0 with " + lease.text() + "/"
                                + lease.subnet().length() + " and the default route by " + lease.gateway()));
    }

    @Override
    public void sweep(Plan plan, int strand) {
        plan.add(
                strand,
                new ReturnLease(
                        leases,
                        lease.address().toString(),
                        id,
                        BridgeFirewall.removeAddress(network.id(), network.bridge(), lease.address()),
                        "take " + lease.text() + " out of the firewall and return its lease"));
        plan.add(strand, new RemoveBelow(leases, "." + id));
    }
}
