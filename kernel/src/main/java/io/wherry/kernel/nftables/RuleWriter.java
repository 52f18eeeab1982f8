package io.wherry.kernel.nftables;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.kernel.netlink.MessageWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the expressions of one rule. A match loads a value into register 1 and compares it; the rule ends at the first
 * match that fails. The last expression is a verdict or the masquerade.
 */
final class RuleWriter {
    static final int STATE_INVALID = 1;
    static final int STATE_ESTABLISHED = 2;
    static final int STATE_RELATED = 4;

    private static final int META_IIFNAME = 6;
    private static final int META_OIFNAME = 7;
    private static final int META_NFPROTO = 15;
    private static final int EQUAL = 0;
    private static final int NOT_EQUAL = 1;
    private static final int REGISTER = 1;
    private static final int IPV4 = 2;
    private static final int IPV6 = 10;

    private final MessageWriter writer;
    private final int list;
    private int element;
    private int data;

    /** Begins the list of expressions in the message that is open. */
    RuleWriter(MessageWriter writer) {
        this.writer = writer;
        this.list = writer.beginNested(4);
    }

    RuleWriter fromInterface(String name) {
        return meta(META_IIFNAME).compare(EQUAL, interfaceName(name));
    }

    RuleWriter notFromInterface(String name) {
        return meta(META_IIFNAME).compare(NOT_EQUAL, interfaceName(name));
    }

    RuleWriter toInterface(String name) {
        return meta(META_OIFNAME).compare(EQUAL, interfaceName(name));
    }

    RuleWriter notToInterface(String name) {
        return meta(META_OIFNAME).compare(NOT_EQUAL, interfaceName(name));
    }

    /** Matches packets of one of the two protocols, of which an {@code inet} table sees both. */
    RuleWriter protocol(boolean v6) {
        return meta(META_NFPROTO).compare(EQUAL, new byte[] {(byte) (v6 ? IPV6 : IPV4)});
    }

    /** Matches packets whose source is in this subnet. */
    RuleWriter source(IpPrefix subnet) {
        IpPrefix network = subnet.network();
        boolean v6 = network.address().isV6();
        byte[] address = network.address().bytes();
        loadSource(v6);
        if (network.length() < 8 * address.length) {
            bitwise(network.mask());
        }
        return compare(EQUAL, address);
    }

    /** Matches packets whose source is not in this set of the same family. */
    RuleWriter sourceNotIn(String set, boolean v6) {
        final int inverted = 1;
        loadSource(v6);
        begin("lookup");
        writer.attributeText(1, set, 256).attributeBe32(2, REGISTER).attributeBe32(5, inverted);
        return endExpression();
    }

    /** Matches packets whose connection is in one of these states. */
    RuleWriter state(int states) {
        final int keyState = 0;
        begin("ct");
        writer.attributeBe32(2, keyState).attributeBe32(1, REGISTER);
        endExpression();
        // The kernel keeps states in the host's byte order, little endian on every supported processor.
        return bitwise(new byte[] {(byte) states, 0, 0, 0}).compare(NOT_EQUAL, new byte[4]);
    }

    RuleWriter accept() {
        return verdict(1);
    }

    RuleWriter drop() {
        return verdict(0);
    }

    /** Gives the packet the address of the interface by which it leaves. */
    RuleWriter masquerade() {
        return begin("masq").endExpression();
    }

    /** Ends the rule and its message. */
    void end() {
        writer.endNested(list).end();
    }

    private RuleWriter verdict(int code) {
        final int registerVerdict = 0;
        begin("immediate");
        writer.attributeBe32(1, registerVerdict);
        int value = writer.beginNested(2);
        int verdict = writer.beginNested(2);
        writer.attributeBe32(1, code).endNested(verdict).endNested(value);
        return endExpression();
    }

    private RuleWriter meta(int key) {
        begin("meta");
        writer.attributeBe32(2, key).attributeBe32(1, REGISTER);
        return endExpression();
    }

    private void loadSource(boolean v6) {
        final int networkHeader = 1;
        protocol(v6);
        begin("payload");
        writer.attributeBe32(1, REGISTER).attributeBe32(2, networkHeader);
        writer.attributeBe32(3, v6 ? 8 : 12).attributeBe32(4, v6 ? 16 : 4);
        endExpression();
    }

    private RuleWriter bitwise(byte[] mask) {
        begin("bitwise");
        writer.attributeBe32(1, REGISTER).attributeBe32(2, REGISTER).attributeBe32(3, mask.length);
        value(4, mask);
        value(5, new byte[mask.length]);
        return endExpression();
    }

    private RuleWriter compare(int operation, byte[] with) {
        begin("cmp");
        writer.attributeBe32(1, REGISTER).attributeBe32(2, operation);
        value(3, with);
        return endExpression();
    }

    private void value(int type, byte[] value) {
        int nested = writer.beginNested(type);
        writer.attribute(1, value).endNested(nested);
    }

    private RuleWriter begin(String name) {
        element = writer.beginNested(1);
        writer.attributeText(1, name, 32);
        data = writer.beginNested(2);
        return this;
    }

    private RuleWriter endExpression() {
        writer.endNested(data).endNested(element);
        return this;
    }

    /** Compared over the kernel's whole field of 16 bytes, so that a name never matches as a prefix. */
    private static byte[] interfaceName(String name) {
        return Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), 16);
    }
}
