package io.wherry.kernel.nftables;

import io.wherry.kernel.netlink.Batch;
import io.wherry.kernel.netlink.IpAddress;
import io.wherry.kernel.netlink.MessageWriter;
import java.util.List;

/**
 * One atomic batch of changes to one table. Methods add a message each; what is added may exist already ({@code
 * NLM_F_CREATE} without {@code NLM_F_EXCL}), what is deleted must exist (ENOENT). {@link #finish} ends the batch.
 *
 * <p>Not safe for use by several threads. Specification: {@code include/uapi/linux/netfilter/nfnetlink.h} and {@code
 * nf_tables.h}.
 */
final class RulesetBatch {
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int SUBSYSTEM = 10;
    private static final int NEWTABLE = SUBSYSTEM << 8;
    private static final int DELTABLE = (SUBSYSTEM << 8) | 2;
    private static final int NEWCHAIN = (SUBSYSTEM << 8) | 3;
    private static final int NEWRULE = (SUBSYSTEM << 8) | 6;
    private static final int DELRULE = (SUBSYSTEM << 8) | 8;
    private static final int NEWSET = (SUBSYSTEM << 8) | 9;
    private static final int DELSET = (SUBSYSTEM << 8) | 11;
    private static final int NEWSETELEM = (SUBSYSTEM << 8) | 12;
    private static final int DELSETELEM = (SUBSYSTEM << 8) | 14;

    private static final int FAMILY_INET = 1;
    private static final int NAME_SIZE = 256;
    private static final int ASK = MessageWriter.REQUEST | MessageWriter.ACK;
    private static final int MAKE = ASK | MessageWriter.CREATE;

    /** The first attribute of every message is the table's name, whatever the message. */
    private static final int TABLE = 1;

    private final MessageWriter writer = new MessageWriter();
    private final String table;
    private int sets;

    RulesetBatch(String table) {
        this.table = table;
        boundary(BATCH_BEGIN);
    }

    RulesetBatch addTable() {
        return begin(NEWTABLE, MAKE).end();
    }

    RulesetBatch deleteTable() {
        return begin(DELTABLE, ASK).end();
    }

    /** Adds a chain that the kernel calls at a hook; what no rule decides is accepted. */
    RulesetBatch addChain(Chain chain) {
        final int accept = 1;
        begin(NEWCHAIN, MAKE);
        writer.attributeText(3, chain.label(), NAME_SIZE);
        int hook = writer.beginNested(4);
        writer.attributeBe32(1, chain.hook()).attributeBe32(2, chain.priority());
        writer.endNested(hook);
        writer.attributeBe32(5, accept).attributeText(7, chain.type(), NAME_SIZE);
        return end();
    }

    /** Removes all rules of a chain. */
    RulesetBatch flush(Chain chain) {
        begin(DELRULE, ASK);
        writer.attributeText(2, chain.label(), NAME_SIZE);
        return end();
    }

    /** Adds a rule at the end of a chain: write its expressions, then call {@link RuleWriter#end}. */
    RuleWriter rule(Chain chain) {
        begin(NEWRULE, MAKE | MessageWriter.APPEND);
        writer.attributeText(2, chain.label(), NAME_SIZE);
        return new RuleWriter(writer);
    }

    /** Adds a set of addresses of one family. */
    RulesetBatch addSet(String name, boolean v6) {
        final int typeIpv4Address = 7;
        final int typeIpv6Address = 8;
        begin(NEWSET, MAKE);
        writer.attributeText(2, name, NAME_SIZE).attributeBe32(3, 0);
        writer.attributeBe32(4, v6 ? typeIpv6Address : typeIpv4Address).attributeBe32(5, v6 ? 16 : 4);
        writer.attributeBe32(10, ++sets);
        return end();
    }

    RulesetBatch deleteSet(String name) {
        begin(DELSET, ASK);
        writer.attributeText(2, name, NAME_SIZE);
        return end();
    }

    RulesetBatch addElement(String set, IpAddress address) {
        return elements(NEWSETELEM, MAKE, set, List.of(address));
    }

    RulesetBatch addElements(String set, List<IpAddress> addresses) {
        return elements(NEWSETELEM, MAKE, set, addresses);
    }

    RulesetBatch deleteElement(String set, IpAddress address) {
        return elements(DELSETELEM, ASK, set, List.of(address));
    }

    Batch finish() {
        boundary(BATCH_END);
        return writer.finish(writer.messages() - 2);
    }

    private RulesetBatch elements(int type, int flags, String set, List<IpAddress> addresses) {
        begin(type, flags);
        writer.attributeText(2, set, NAME_SIZE);
        int elements = writer.beginNested(3);
        for (IpAddress address : addresses) {
            int element = writer.beginNested(1);
            int key = writer.beginNested(1);
            writer.attribute(1, address.bytes());
            writer.endNested(key).endNested(element);
        }
        writer.endNested(elements);
        return end();
    }

    private RulesetBatch begin(int type, int flags) {
        writer.begin(type, flags).u8(FAMILY_INET).u8(0).u16(0).attributeText(TABLE, table, NAME_SIZE);
        return this;
    }

    private RulesetBatch end() {
        writer.end();
        return this;
    }

    /** The batch's own messages name the subsystem, big endian, and are not acknowledged. */
    private void boundary(int type) {
        writer.begin(type, MessageWriter.REQUEST)
                .u8(0)
                .u8(0)
                .u16(SUBSYSTEM << 8)
                .end();
    }
}
