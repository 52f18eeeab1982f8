package io.wherry.oci.json;

/**
 * What a reader accepts at most.
 *
 * @param bytes length of the document
 * @param depth nested objects and arrays
 * @param values values in the document, counting each member and element; bounds the heap that a tree can take
 */
public record JsonLimits(int bytes, int depth, int values) {
    /** 4 MiB, the size at which containerd and containers/image refuse a manifest; 64 levels; 500,000 values. */
    public static final JsonLimits DEFAULT = new JsonLimits(4 << 20, 64, 500_000);

    public JsonLimits {
        if (bytes < 1 || depth < 1 || values < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /** {@return the default limits with another length} */
    public static JsonLimits ofBytes(int bytes) {
        return new JsonLimits(bytes, DEFAULT.depth, DEFAULT.values);
    }
}
