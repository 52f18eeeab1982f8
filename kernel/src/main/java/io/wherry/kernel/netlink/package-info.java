/**
 * Netlink: the kernel's configuration protocol, as bytes.
 *
 * <p>A <em>message</em> is a 16-byte header, a fixed structure that depends on its type, and <em>attributes</em>
 * (length, type, value, padded to four bytes), which may nest. A <em>batch</em> is several messages with ascending
 * sequence numbers for one {@code send(2)}; every message asks for an acknowledgement, so a {@link
 * io.wherry.kernel.netlink.Batch} is its bytes and the number of acknowledgements to wait for. The kernel works through
 * an rtnetlink batch message by message and goes on after one that failed; the first error is the one to report.
 *
 * <p>{@link io.wherry.kernel.netlink.RouteBatch} makes rtnetlink messages (links, addresses, routes). Nothing in here
 * opens a socket: the bytes become the operand of a kernel program's instruction, and all of them are constants, because
 * the program's descriptor numbers are. For example, the inside of a container's network:
 *
 * <pre>{@code
 * Batch inside = new RouteBatch()
 *         .setUp(RouteBatch.LOOPBACK)
 *         .addAddress(2, IpPrefix.parse("10.88.0.5/16"))
 *         .setUp(2)
 *         .addDefaultRoute(IpAddress.parse("10.88.0.1"), 2)
 *         .finish();
 * }</pre>
 *
 * <p>Integers are in the host's byte order, which is little endian on every processor that Wherry supports; addresses,
 * ports and what nftables calls big endian are written as such.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/netlink.7.html">netlink(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
@NullMarked
package io.wherry.kernel.netlink;

import org.jspecify.annotations.NullMarked;
