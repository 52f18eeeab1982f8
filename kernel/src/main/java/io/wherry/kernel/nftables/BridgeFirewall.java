package io.wherry.kernel.nftables;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.IpPrefix;
import java.util.List;

/**
 * What Wherry's bridges need of the firewall, as atomic batches for one table:
 *
 * <ul>
 *   <li>A packet from a bridge whose source is not the address of one of its containers is dropped, before anything
 *       keeps state about it. IPv6 also has link-local sources; a bridge without an IPv6 subnet has none at all.
 *   <li>Containers of one bridge reach each other, and the outside; from outside, which other bridges are too, only
 *       answers come in.
 *   <li>What leaves a bridge's subnet by another interface gets that interface's address.
 * </ul>
 *
 * <p>The table's id has eight lower-case hex digits. All methods are pure.
 */
public final class BridgeFirewall {
    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/10");
    private static final IpPrefix UNSPECIFIED = IpPrefix.parse("::/128");

    private BridgeFirewall() {}

    /** {@return the name of the table with this id: {@code wherry-} and the id} */
    public static String tableName(String id) {
        boolean good = id.length() == 8;
        for (int i = 0; good && i < 8; i++) {
            char c = id.charAt(i);
            good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        }
        if (!good) {
            throw new IllegalArgumentException("the id of a table has eight lower-case hex digits: `" + id + "`");
        }
        return "wherry-".concat(id);
    }

    /**
     * {@return a batch that makes the table serve exactly these bridges} Idempotent: chains are emptied and filled, sets
     * keep their elements. The set of a bridge that is no longer listed stays, unused, until {@link #removeBridge}.
     */
    public static Batch apply(String id, List<Bridge> bridges) {
        RulesetBatch batch = new RulesetBatch(tableName(id)).addTable();
        for (Chain chain : Chain.all()) {
            batch.addChain(chain).flush(chain);
        }
        for (Bridge bridge : bridges) {
            dropForgedSources(batch, bridge);
            dropUnasked(batch, bridge.interfaceName());
            masquerade(batch, bridge);
        }
        // After the drops of all bridges, or one bridge's containers could reach another's.
        for (Bridge bridge : bridges) {
            batch.rule(Chain.FORWARD)
                    .fromInterface(bridge.interfaceName())
                    .accept()
                    .end();
        }
        return batch.finish();
    }

    /** {@return a batch that lets packets with this source come from the bridge; idempotent} */
    public static Batch addAddress(String id, String bridge, IpAddress address) {
        return new RulesetBatch(tableName(id))
                .addElement(setName(bridge, address.isV6()), address)
                .finish();
    }

    /** {@return a batch that does what {@link #addAddress} does for several IPv4 addresses, at least one and at most 2,000} */
    public static Batch addAddresses(String id, String bridge, List<IpAddress> addresses) {
        return new RulesetBatch(tableName(id))
                .addElements(setName(bridge, false), addresses)
                .finish();
    }

    /** {@return a batch that takes back {@link #addAddress}; ENOENT if the table, set or address is gone already} */
    public static Batch removeAddress(String id, String bridge, IpAddress address) {
        return new RulesetBatch(tableName(id))
                .deleteElement(setName(bridge, address.isV6()), address)
                .finish();
    }

    /** {@return a batch that removes the sets of a bridge which no rule uses any more; EBUSY while one does} */
    public static Batch removeBridge(String id, Bridge bridge) {
        RulesetBatch batch = new RulesetBatch(tableName(id)).deleteSet(setName(bridge.interfaceName(), false));
        if (bridge.subnet6().isPresent()) {
            batch.deleteSet(setName(bridge.interfaceName(), true));
        }
        return batch.finish();
    }

    /** {@return a batch that removes the table with all that it holds, or changes nothing if there is none} */
    public static Batch removeTable(String id) {
        return new RulesetBatch(tableName(id)).addTable().deleteTable().finish();
    }

    private static void dropForgedSources(RulesetBatch batch, Bridge bridge) {
        String name = bridge.interfaceName();
        String set4 = setName(name, false);
        batch.addSet(set4, false);
        batch.rule(Chain.PREROUTING)
                .fromInterface(name)
                .sourceNotIn(set4, false)
                .drop()
                .end();
        if (bridge.subnet6().isEmpty()) {
            batch.rule(Chain.PREROUTING)
                    .fromInterface(name)
                    .protocol(true)
                    .drop()
                    .end();
            return;
        }
        String set6 = setName(name, true);
        batch.addSet(set6, true);
        batch.rule(Chain.PREROUTING)
                .fromInterface(name)
                .source(LINK_LOCAL)
                .accept()
                .end();
        batch.rule(Chain.PREROUTING)
                .fromInterface(name)
                .source(UNSPECIFIED)
                .accept()
                .end();
        batch.rule(Chain.PREROUTING)
                .fromInterface(name)
                .sourceNotIn(set6, true)
                .drop()
                .end();
    }

    private static void dropUnasked(RulesetBatch batch, String name) {
        int answers = RuleWriter.STATE_ESTABLISHED | RuleWriter.STATE_RELATED;
        // An invalid packet passes by the address translation and would leave with the container's address.
        batch.rule(Chain.FORWARD)
                .fromInterface(name)
                .notToInterface(name)
                .state(RuleWriter.STATE_INVALID)
                .drop()
                .end();
        batch.rule(Chain.FORWARD)
                .notFromInterface(name)
                .toInterface(name)
                .state(answers)
                .accept()
                .end();
        batch.rule(Chain.FORWARD)
                .notFromInterface(name)
                .toInterface(name)
                .drop()
                .end();
    }

    private static void masquerade(RulesetBatch batch, Bridge bridge) {
        String name = bridge.interfaceName();
        batch.rule(Chain.POSTROUTING)
                .source(bridge.subnet4())
                .notToInterface(name)
                .masquerade()
                .end();
        if (bridge.subnet6().isPresent()) {
            batch.rule(Chain.POSTROUTING)
                    .source(bridge.subnet6().get())
                    .notToInterface(name)
                    .masquerade()
                    .end();
        }
    }

    private static String setName(String bridge, boolean v6) {
        return (v6 ? "addresses6-" : "addresses-").concat(bridge);
    }
}
