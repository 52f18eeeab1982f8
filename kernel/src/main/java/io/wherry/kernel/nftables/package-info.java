/**
 * nftables: the rules of Wherry's networks, as batches of netlink messages.
 *
 * <p>All rules of one root live in one <em>table</em> of family {@code inet} named {@code wherry-} and eight hex digits,
 * so nothing of others is touched and removing the table removes everything. A table holds <em>chains</em> that the
 * kernel calls at a hook, <em>rules</em> in chains, and <em>sets</em> of addresses. A batch is atomic: all of it happens
 * or nothing, and no packet sees a state in between.
 *
 * <p>{@link io.wherry.kernel.nftables.BridgeFirewall} says what Wherry wants: the whole state for a list of bridges, and
 * one address more or less. {@link io.wherry.kernel.nftables.RulesetBatch} writes the messages, {@link
 * io.wherry.kernel.nftables.RuleWriter} the expressions of one rule. Applying the whole state again is idempotent: it
 * creates what is missing, empties the chains and fills them, and leaves the sets' elements alone, which are the running
 * containers.
 *
 * <pre>{@code
 * table inet wherry-0badcafe {
 *     set addresses-wherry0 { type ipv4_addr; elements = { 10.88.0.5 } }
 *     chain prerouting  { … iifname "wherry0" ip saddr != @addresses-wherry0 drop … }
 *     chain forward     { … oifname "wherry0" drop … }
 *     chain postrouting { … ip saddr 10.88.0.0/16 oifname != "wherry0" masquerade }
 * }
 * }</pre>
 *
 * @see <a href="https://wiki.nftables.org/">nftables</a>, {@code include/uapi/linux/netfilter/nf_tables.h}
 */
@NullMarked
package io.wherry.kernel.nftables;

import org.jspecify.annotations.NullMarked;
