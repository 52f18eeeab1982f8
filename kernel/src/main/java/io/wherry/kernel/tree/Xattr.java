package io.wherry.kernel.tree;

/**
 * An extended attribute.
 *
 * @param name with its namespace, a byte string
 * @param value at most 65,536 bytes; not to be changed
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Never compared; a copy of each would double the memory of an archive's header.
public record Xattr(String name, byte[] value) {
    public static final int VALUE_LIMIT = 65_536;
}
