package io.wherry.network;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.netlink.RouteBatch;
import io.wherry.kernel.nftables.Bridge;
import io.wherry.kernel.nftables.BridgeFirewall;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenNetlink;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveBelow;
import io.wherry.kernel.step.SendNetlink;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.WherryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The default bridge of a state root, for system root: one interface, one nftables table, one IPv4 subnet; see the package for what it is made of.
 *
 * <p>An object of this class knows names and numbers and makes nothing in the kernel: that is what the steps of an attachment do. Immutable; safe for
 * several threads and processes.
 */
public final class BridgeNetwork {
    /** The name of the network. */
    public static final String NAME = "bridge";

    private final Path networks;
    private final HostNetwork host;
    private final String id;
    private final int bridgeIndex;
    private final IpPrefix subnet;
    private final Leases leases;

    private BridgeNetwork(Path root, HostNetwork host, int hash, IpPrefix subnet) {
        this.networks = networks(root);
        this.host = host;
        this.id = RootId.text(hash);
        // Our own choice, far from the kernel's counting: so a port's message is encoded before there is a bridge.
        this.bridgeIndex = 0x4000_0000 | (hash & 0x3fff_ffff);
        this.subnet = subnet;
        this.leases = new Leases(leaseFolder(), root.resolve("containers"), subnet);
    }

    private static Path networks(Path root) {
        return root.resolve("networks");
    }

    private Path leaseFolder() {
        return networks.resolve(NAME).resolve("leases");
    }

    /**
     * Opens the bridge of a root. The first time, its subnet is chosen and stored in {@code networks/bridge.json}, for good.
     *
     * @param root absolute path of the durable state root
     * @throws WherryException of kind FAILED_PRECONDITION if there is no free subnet, or nothing can be written; CORRUPT if the file cannot be read
     */
    public static BridgeNetwork open(Path root) {
        return open(root, new HostNetwork(Path.of("/proc")), true);
    }

    /** {@return the bridge of a root, if it was ever opened; there may be none of it in the kernel} */
    public static Optional<BridgeNetwork> existing(Path root) {
        boolean settled = new NetworkFile(networks(root), NAME).subnet() != null;
        return settled ? Optional.of(open(root)) : Optional.empty();
    }

    /** {@return the bridge as {@link #open} would; nothing is stored} */
    public static BridgeNetwork preview(Path root) {
        return open(root, new HostNetwork(Path.of("/proc")), false);
    }

    static BridgeNetwork open(Path root, HostNetwork host, boolean store) {
        int hash = RootId.hash(root);
        NetworkFile file = new NetworkFile(networks(root), NAME);
        IpPrefix subnet = file.subnet();
        if (subnet == null) {
            subnet = SubnetChoice.choose(hash, host.occupied());
            if (store) {
                subnet = file.settle(subnet);
            }
        }
        return new BridgeNetwork(root, host, hash, subnet);
    }

    /** {@return the bridge's subnet} */
    public IpPrefix subnet() {
        return subnet;
    }

    /** {@return the bridge's own address, the containers' gateway} */
    public IpAddress gateway() {
        return SubnetChoice.gateway(subnet);
    }

    /** {@return the name of the bridge's interface: {@code wh-} and eight hex digits} */
    public String bridge() {
        return "wh-".concat(id);
    }

    String id() {
        return id;
    }

    int bridgeIndex() {
        return bridgeIndex;
    }

    Batch rules() {
        return BridgeFirewall.apply(id, List.of(Bridge.of(bridge(), subnet)));
    }

    /** The kernel allows 15 bytes; a container's id is unique in its first twelve digits. */
    static String vethName(String containerId) {
        return "whv".concat(containerId.substring(0, 12));
    }

    /**
     * Takes an address for a container, once, right before its folder is made: a lease whose holder has no folder counts as lost after a
     * minute. A later start goes by {@link #lease}.
     *
     * @param containerId 64 hex digits
     * @throws WherryException of kind FAILED_PRECONDITION if none is free
     */
    public Lease claim(String containerId) {
        return new Lease(leases.claim(containerId), subnet, gateway(), true);
    }

    /** {@return the lease that {@link #claim} would take now; nothing is taken} */
    public Lease preview(String containerId) {
        return new Lease(leases.preview(containerId), subnet, gateway(), false);
    }

    /**
     * {@return the lease of an address that a container was given when it was created: what compiles to the same program again}
     *
     * @throws WherryException of kind CORRUPT if it is not an address of this subnet
     */
    public Lease lease(String address) {
        IpAddress parsed = IpAddress.parse(address);
        if (!subnet.contains(parsed)) {
            throw new WherryException(
                    WherryException.Kind.CORRUPT,
                    "The address " + parsed + " is not of the subnet " + subnet + " of the network `" + NAME + "`.",
                    "The network was made anew since; remove the container and create it again.");
        }
        return new Lease(parsed, subnet, gateway(), true);
    }

    /** Returns a lease whose container came to nothing before its program ran. Afterwards the sweep does it. */
    public void release(Lease lease, String containerId) {
        leases.release(lease.address(), containerId);
    }

    /** {@return the steps that put a container with this lease on the bridge} */
    public NetworkAttachment attachment(Lease lease, String containerId) {
        List<IpAddress> everyone = new ArrayList<>(leases.held());
        if (!everyone.contains(lease.address())) {
            everyone.add(lease.address());
        }
        return new BridgeAttachment(
                this, lease, containerId, leaseFolder().toString(), everyone, host.uplinkMtu(), host.indexInside());
    }

    /**
     * {@return kernel parameters for inside, in this order, before any the user asked for}
     *
     * <p>The bridge has no IPv6, so a container must not have it there either: it would believe the router advertisements of another
     * container. The first parameter covers interfaces that are there and those that come; the second gives the loopback interface its {@code ::1} back.
     */
    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (host.hasIpv6()) {
            parameters.put("net.ipv6.conf.all.disable_ipv6", "1");
            parameters.put("net.ipv6.conf.lo.disable_ipv6", "0");
        }
        return parameters;
    }

    /**
     * {@return a plan that removes bridge, table, leases and the choice of the subnet, from any state} No container of the root may have a lease. The
     * host's {@code ip_forward} stays as it is: others may rely on it by now.
     */
    public Plan removal() {
        Plan plan = new Plan();
        Slot links = plan.slot("links");
        Slot firewall = plan.slot("firewall");
        plan.add(0, new OpenNetlink(Linux.NETLINK_ROUTE, links));
        plan.add(
                0,
                new SendNetlink(
                        links,
                        new RouteBatch().deleteLink(bridge()).finish(),
                        List.of(Errno.ENODEV),
                        "remove the bridge " + bridge()));
        plan.add(0, new OpenNetlink(Linux.NETLINK_NETFILTER, firewall));
        plan.add(
                0,
                new SendNetlink(
                        firewall, BridgeFirewall.removeTable(id), "remove the table " + BridgeFirewall.tableName(id)));
        plan.add(0, new RemoveBelow(networks.toString(), NAME));
        plan.add(0, new RemoveBelow(networks.toString(), NAME + ".json"));
        return plan;
    }
}
