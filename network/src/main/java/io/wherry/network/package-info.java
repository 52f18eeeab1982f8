/**
 * Networks as steps of a kernel program. There is no daemon: what a network is lies in files of the state root and in the kernel, and every start makes
 * what is missing.
 *
 * <p>{@link io.wherry.network.BridgeNetwork} is the default network of system root. A root has one <em>bridge</em> (interface {@code wh-XXXXXXXX}), one
 * nftables <em>table</em> ({@code wherry-XXXXXXXX}) and one <em>subnet</em>, whose first address is the bridge's own, the <em>gateway</em>. The digits
 * are a hash of the root's path. A container has a <em>lease</em>: an address, from which its Ethernet address follows; and an <em>attachment</em>: the
 * steps that put it on the bridge. Files below the root:
 *
 * <pre>{@code
 * networks/bridge.json               {"version":1,"subnet":"10.197.48.0/20"}; written once
 * networks/bridge/leases/ADDRESS/ID  a lease: the folder is moved into place with its entry
 * }</pre>
 *
 * <p>The life of a lease: {@link io.wherry.network.BridgeNetwork#claim} when the container is created; the program makes sure that it is still held
 * ({@link io.wherry.kernel.step.HoldLease}) and admits the address in the firewall; the sweep withdraws it there and returns it
 * ({@link io.wherry.kernel.step.ReturnLease}). A lease whose holder has no folder below {@code containers/} is free after a minute.
 *
 * <p>What a container on the bridge can do: reach the others on it and, by masquerade, whatever the host reaches. From outside nothing reaches it
 * but answers. It cannot send IP packets under another's address to the host or outside; it can forge Ethernet frames and ARP towards its neighbours, as it has
 * {@code CAP_NET_RAW} by default. There is no IPv6.
 *
 * <p>Foreign state that is changed, all of it: {@code net.ipv4.ip_forward} becomes 1, and stays 1.
 *
 * <pre>{@code
 * BridgeNetwork network = BridgeNetwork.open(root);        // explain: preview(root)
 * Lease lease = network.claim(id);                         // explain: preview(id)
 * NetworkAttachment steps = network.attachment(lease, id); // to the runtime; network.parameters() to the configuration
 * }</pre>
 */
@NullMarked
package io.wherry.network;

import org.jspecify.annotations.NullMarked;
