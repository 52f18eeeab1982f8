package io.wherry.kernel.netlink;

import io.wherry.oci.WherryException;

/**
 * A batch of rtnetlink messages: links, addresses, routes. Methods add one message each and return this object; {@link
 * #finish} ends the batch. Every message carries {@code NLM_F_REQUEST|NLM_F_ACK}; what is created must not exist yet
 * ({@code NLM_F_CREATE|NLM_F_EXCL}: EEXIST). Links are named by index where one is known, else by name.
 *
 * <p>Names of links have 1 to 15 bytes, no slash, no white space, and are neither {@code .} nor {@code ..}; an index is
 * at least 1. A bad name is a {@link WherryException} of kind INVALID, a bad index
 * an {@link IllegalArgumentException}. Not safe for use by several threads.
 *
 * <p>Specification: {@code rtnetlink(7)}; {@code include/uapi/linux/if_link.h}, {@code if_addr.h}, {@code rtnetlink.h}.
 */
public final class RouteBatch {
    /** The index of the loopback device in every network namespace. */
    public static final int LOOPBACK = 1;

    private static final int NEWLINK = 16;
    private static final int DELLINK = 17;
    private static final int GETLINK = 18;
    private static final int NEWADDR = 20;
    private static final int NEWROUTE = 24;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_EXT_MASK = 29;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int VETH_INFO_PEER = 1;
    private static final int SKIP_STATISTICS = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;

    private static final int IFF_UP = 1;
    private static final int IFA_F_NODAD = 2;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int ASK = MessageWriter.REQUEST | MessageWriter.ACK;
    private static final int MAKE = ASK | MessageWriter.CREATE | MessageWriter.EXCL;
    private static final int NAME_SIZE = 16;

    private final MessageWriter writer = new MessageWriter();

    /** An empty batch. */
    public RouteBatch() {}

    /**
     * Makes a bridge, down and without an address.
     *
     * @param address fixed, since a bridge without one takes the lowest of its ports', which changes as they come and go
     */
    public RouteBatch createBridge(String name, MacAddress address) {
        return bridge(name, 0, address);
    }

    /**
     * Makes a bridge with a fixed index, so that ports can be encoded before it exists: EEXIST or EBUSY when the name or the index is taken.
     *
     * @param address as in {@link #createBridge(String, MacAddress)}
     */
    public RouteBatch createBridge(String name, int index, MacAddress address) {
        return bridge(name, index(index), address);
    }

    private RouteBatch bridge(String name, int index, MacAddress address) {
        beginLink(NEWLINK, MAKE, index, 0, 0);
        name(name);
        writer.attribute(IFLA_ADDRESS, address.bytes());
        int info = writer.beginNested(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "bridge", NAME_SIZE);
        writer.endNested(info);
        return end();
    }

    /** Makes a pair of virtual Ethernet devices; the host's end is up at once. */
    public RouteBatch createVeth(Veth veth) {
        beginLink(NEWLINK, MAKE, veth.hostIndex, IFF_UP, IFF_UP);
        name(veth.hostName);
        mtu(veth.mtu);
        if (veth.master != 0) {
            writer.attributeU32(IFLA_MASTER, veth.master);
        }
        int info = writer.beginNested(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, "veth", NAME_SIZE);
        int data = writer.beginNested(IFLA_INFO_DATA);
        int peer = writer.beginNested(VETH_INFO_PEER);
        interfaceInfo(veth.peerIndex, 0, 0);
        name(veth.peerName);
        mtu(veth.mtu);
        MacAddress address = veth.peerAddress;
        if (address != null) {
            writer.attribute(IFLA_ADDRESS, address.bytes());
        }
        writer.attributeU32(IFLA_NET_NS_FD, veth.namespace);
        writer.endNested(peer).endNested(data).endNested(info);
        return end();
    }

    public RouteBatch setUp(int link) {
        beginLink(NEWLINK, ASK, index(link), IFF_UP, IFF_UP);
        return end();
    }

    public RouteBatch setUp(String link) {
        beginLink(NEWLINK, ASK, 0, IFF_UP, IFF_UP);
        name(link);
        return end();
    }

    /** Makes a link a port of the bridge with index {@code master}. */
    public RouteBatch setMaster(int link, int master) {
        beginLink(NEWLINK, ASK, index(link), 0, 0);
        writer.attributeU32(IFLA_MASTER, index(master));
        return end();
    }

    /** Removes a link; ENODEV when there is none of this name. */
    public RouteBatch deleteLink(String name) {
        beginLink(DELLINK, ASK, 0, 0, 0);
        name(name);
        return end();
    }

    /** Asks for a link: the kernel answers with one message before the acknowledgement, or ENODEV. See {@link Replies}. */
    public RouteBatch getLink(String name) {
        beginLink(GETLINK, ASK, 0, 0, 0);
        writer.attributeU32(IFLA_EXT_MASK, SKIP_STATISTICS);
        name(name);
        return end();
    }

    /**
     * Gives a link an address and, by its prefix, the route to its subnet. IPv4 up to a prefix of 30 gets the subnet's
     * broadcast address; IPv6 is usable at once (no duplicate address detection, since leases are unique).
     */
    public RouteBatch addAddress(int link, IpPrefix prefix) {
        IpAddress address = prefix.address();
        writer.begin(NEWADDR, MAKE);
        writer.u8(family(address)).u8(prefix.length());
        writer.u8(address.isV6() ? IFA_F_NODAD : 0).u8(0).u32(index(link));
        writer.attribute(IFA_LOCAL, address.bytes());
        writer.attribute(IFA_ADDRESS, address.bytes());
        if (!address.isV6() && prefix.length() <= 30) {
            writer.attribute(IFA_BROADCAST, prefix.broadcast().bytes());
        }
        return end();
    }

    /** Sends what no other route matches to this gateway; the link must be up and reach the gateway directly. */
    public RouteBatch addDefaultRoute(IpAddress gateway, int link) {
        final int tableMain = 254;
        final int protocolStatic = 4;
        final int scopeUniverse = 0;
        final int typeUnicast = 1;
        writer.begin(NEWROUTE, MAKE);
        writer.u8(family(gateway)).u8(0).u8(0).u8(0);
        writer.u8(tableMain).u8(protocolStatic).u8(scopeUniverse).u8(typeUnicast);
        writer.u32(0);
        writer.attribute(RTA_GATEWAY, gateway.bytes());
        writer.attributeU32(RTA_OIF, index(link));
        return end();
    }

    public Batch finish() {
        return writer.finish(writer.messages());
    }

    private RouteBatch end() {
        writer.end();
        return this;
    }

    private void beginLink(int type, int flags, int index, int linkFlags, int change) {
        writer.begin(type, flags);
        interfaceInfo(index, linkFlags, change);
    }

    /** {@code struct ifinfomsg}: family, padding, device type, index, flags, mask of the flags to change. */
    private void interfaceInfo(int index, int linkFlags, int change) {
        writer.u8(0).u8(0).u16(0).u32(index).u32(linkFlags).u32(change);
    }

    private void name(String name) {
        writer.attributeText(IFLA_IFNAME, checkName(name), NAME_SIZE);
    }

    private void mtu(int mtu) {
        if (mtu != 0) {
            writer.attributeU32(IFLA_MTU, mtu);
        }
    }

    private static int family(IpAddress address) {
        return address.isV6() ? AF_INET6 : AF_INET;
    }

    static int index(int index) {
        if (index < 1) {
            throw new IllegalArgumentException("the index of a link must be at least 1: " + index);
        }
        return index;
    }

    /** The kernel's own rule ({@code dev_valid_name}), and no {@code %}, which makes it choose a number. */
    public static String checkName(String name) {
        boolean good = !name.isEmpty() && name.length() < NAME_SIZE && !name.equals(".") && !name.equals("..");
        for (int i = 0; good && i < name.length(); i++) {
            char c = name.charAt(i);
            good = c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%' && c != '"';
        }
        if (!good) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + name + "` cannot be the name of a network interface.",
                    "Use 1 to 15 printable ASCII characters without space, `/`, `:`, `%` and `\"`.");
        }
        return name;
    }
}
