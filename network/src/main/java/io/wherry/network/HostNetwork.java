package io.wherry.network;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.oci.WherryException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the host's network looks like, read from plain files below {@code /proc}. Those tell of the network namespace that we are in, which
 * {@code /sys/class/net} does only if it was mounted in it. Every method reads anew; safe for several threads.
 *
 * <p>Specification: {@code proc_net(5)}; {@code Documentation/networking/ip-sysctl.rst}.
 */
final class HostNetwork {
    private static final int USUAL_MTU = 1500;
    private static final int LEAST_MTU = 68;
    private static final int LARGEST_MTU = 65_535;

    /** Routes shorter than this are ways to everywhere (a VPN's two halves of the Internet), not somebody's subnet. */
    private static final int SHORTEST_SUBNET = 4;

    /** What old tunnel modules put into every new network namespace, and so before us. */
    private static final String[] FALLBACK_DEVICES = {
        "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"
    };

    private final Path proc;

    HostNetwork(Path proc) {
        this.proc = proc;
    }

    /**
     * {@return all subnets and addresses that the host has a route for, from every routing table, and duplicates}
     *
     * @throws WherryException of kind FAILED_PRECONDITION if the kernel does not tell
     */
    List<IpPrefix> occupied() {
        Path file = proc.resolve("net/fib_trie");
        List<IpPrefix> occupied = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String leaf = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String text = line.strip();
                if (text.startsWith("|-- ")) {
                    leaf = text.substring(4);
                } else if (text.startsWith("/") && !leaf.isEmpty()) {
                    // Below a leaf, one line a route: "/24 link UNICAST".
                    int end = text.indexOf(' ');
                    IpPrefix prefix = IpPrefix.parse(leaf + (end < 0 ? text : text.substring(0, end)));
                    if (prefix.length() >= SHORTEST_SUBNET) {
                        occupied.add(prefix);
                    }
                }
            }
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION,
                    "Cannot choose a subnet for containers: " + file + " does not tell which are in use ("
                            + e.getMessage() + ").",
                    null,
                    e);
        }
        return occupied;
    }

    /** {@return the MTU, in bytes, of the interface of the default route; 1500 if there is none} */
    int uplinkMtu() {
        String uplink = uplink();
        int mtu = uplink.isEmpty() ? 0 : number(proc.resolve("sys/net/ipv6/conf/" + uplink + "/mtu"));
        if (mtu == 0 && !uplink.isEmpty()) {
            mtu = number(proc.resolveSibling("sys").resolve("class/net/" + uplink + "/mtu"));
        }
        return mtu < LEAST_MTU ? USUAL_MTU : Math.min(mtu, LARGEST_MTU);
    }

    /** {@return the name of the interface of the default route with the least metric, or an empty text} */
    private String uplink() {
        String best = "";
        long bestMetric = Long.MAX_VALUE;
        for (String line : text(proc.resolve("net/route")).split("\n")) {
            // Iface Destination Gateway Flags RefCnt Use Metric Mask …, separated by tabs; numbers in hex but for the
            // metric.
            String[] words = line.split("\t");
            if (words.length > 7
                    && words[1].equals("00000000")
                    && words[7].strip().equals("00000000")) {
                long metric = parse(words[6].strip());
                if (metric < bestMetric) {
                    bestMetric = metric;
                    best = words[0].strip();
                }
            }
        }
        return best.indexOf('/') < 0 ? best : "";
    }

    /** {@return the index that a container's interface gets: 2, unless this kernel puts devices of its own into new namespaces} */
    int indexInside() {
        if (number(proc.resolve("sys/net/core/fb_tunnels_only_for_init_net")) == 0) {
            for (String device : FALLBACK_DEVICES) {
                if (Files.exists(proc.resolve("sys/net/ipv4/conf").resolve(device))) {
                    return 100;
                }
            }
        }
        return 2;
    }

    /** {@return whether the kernel has IPv6 that can be turned off for an interface} */
    boolean hasIpv6() {
        return Files.exists(proc.resolve("sys/net/ipv6/conf/all/disable_ipv6"));
    }

    private static int number(Path file) {
        return (int) Math.min(parse(text(file).strip()), Integer.MAX_VALUE);
    }

    private static long parse(String digits) {
        long value = 0;
        for (int i = 0; i < digits.length() && i < 18; i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            value = value * 10 + c - '0';
        }
        return value;
    }

    /** {@return the content; empty where there is no such file, since every one of these is a feature that a kernel may lack} */
    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // absent, or an interface that is just going away
        }
    }
}
