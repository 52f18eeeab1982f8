package io.wherry.kernel.netlink;

import org.jspecify.annotations.Nullable;

/**
 * A pair of virtual Ethernet devices to create with one message: the host's end, and a peer that appears inside another
 * network namespace, so that it is never seen on the host under a name that could collide.
 *
 * <p>Immutable; each {@code with…} returns a changed copy. By default the kernel chooses the host end's index and both
 * addresses and MTUs, the host end has no master and is up, and the peer is {@code eth0} with index 2 (1 is the loopback
 * device), so that what is done inside can be encoded before the pair exists.
 */
public final class Veth {
    final String hostName;
    final int namespace;
    final String peerName;
    final int peerIndex;
    final int hostIndex;
    final int master;
    final int mtu;
    final @Nullable MacAddress peerAddress;

    private Veth(
            String hostName,
            int namespace,
            String peerName,
            int peerIndex,
            int hostIndex,
            int master,
            int mtu,
            @Nullable MacAddress peerAddress) {
        this.hostName = hostName;
        this.namespace = namespace;
        this.peerName = peerName;
        this.peerIndex = peerIndex;
        this.hostIndex = hostIndex;
        this.master = master;
        this.mtu = mtu;
        this.peerAddress = peerAddress;
    }

    /**
     * A pair whose host end has this name (1 to 15 bytes) and whose peer is made in the network namespace that the
     * sender holds open at this descriptor.
     */
    public static Veth of(String hostName, int namespaceDescriptor) {
        if (namespaceDescriptor < 0) {
            throw new IllegalArgumentException("descriptor must not be negative: " + namespaceDescriptor);
        }
        return new Veth(hostName, namespaceDescriptor, "eth0", 2, 0, 0, 0, null);
    }

    public Veth withPeer(String name, int index) {
        return new Veth(hostName, namespace, name, RouteBatch.index(index), hostIndex, master, mtu, peerAddress);
    }

    /** Fixes the index of the host's end; EEXIST when it is taken. */
    public Veth withHostIndex(int index) {
        return new Veth(hostName, namespace, peerName, peerIndex, RouteBatch.index(index), master, mtu, peerAddress);
    }

    /** Makes the host's end a port of the bridge with this index. */
    public Veth withMaster(int index) {
        return new Veth(hostName, namespace, peerName, peerIndex, hostIndex, RouteBatch.index(index), mtu, peerAddress);
    }

    /** Sets the MTU of both ends, in bytes: 68 to 65,535. */
    public Veth withMtu(int bytes) {
        if (bytes < 68 || bytes > 65_535) {
            throw new IllegalArgumentException("MTU of `" + hostName + "` must be 68 to 65535 bytes: " + bytes);
        }
        return new Veth(hostName, namespace, peerName, peerIndex, hostIndex, master, bytes, peerAddress);
    }

    public Veth withPeerAddress(MacAddress address) {
        return new Veth(hostName, namespace, peerName, peerIndex, hostIndex, master, mtu, address);
    }
}
