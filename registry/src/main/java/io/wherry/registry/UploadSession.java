package io.wherry.registry;

import java.net.URI;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An upload that a registry has begun. Immutable; each answer makes the next one.
 *
 * @param location where the next request goes, the registry's word
 * @param position how many bytes it has
 * @param chunk how many bytes a request may carry, but for the last one
 * @param doubted whether it refused a request because of its range
 * @see "OCI distribution-spec v1.1, Pushing a blob in chunks"
 */
record UploadSession(URI location, long position, long chunk, boolean doubted) {

    UploadSession at(URI next, long reached) {
        return new UploadSession(next, reached, chunk, false);
    }

    UploadSession inDoubt() {
        return new UploadSession(location, position, chunk, true);
    }

    /** {@return the address of the request that ends it} */
    URI closing(String digest) {
        String text = location.toString();
        int fragment = text.indexOf('#');
        String address = fragment < 0 ? text : text.substring(0, fragment);
        return URI.create(address + (location.getRawQuery() == null ? "?" : "&") + "digest=" + digest);
    }

    /** {@return the least length of chunks that an answer demands, 0 for none} */
    static long leastChunk(Answer answer) {
        try {
            return Math.max(
                    0, Long.parseLong(answer.header("OCI-Chunk-Min-Length").trim()));
        } catch (NumberFormatException e) {
            return 0; // it is a wish; what is shorter than it must be will be refused
        }
    }

    /**
     * {@return how many bytes an answer says that the registry has; absent if it says nothing}
     *
     * <p>{@code 0-0} is none or one: nobody sends one byte alone, so it is none.
     */
    static OptionalLong reached(Answer answer) throws Fault {
        String range = answer.header("Range").trim();
        if (range.isEmpty()) {
            return OptionalLong.empty();
        }
        String digits = range.startsWith("bytes=") ? range.substring("bytes=".length()) : range;
        try {
            if (digits.startsWith("0-")) {
                long last = Long.parseLong(digits.substring(2));
                if (last >= 0 && last < Long.MAX_VALUE) {
                    return OptionalLong.of(last == 0 ? 0 : last + 1);
                }
            }
        } catch (NumberFormatException e) {
            throw wrong(range, e);
        }
        throw wrong(range, null);
    }

    private static Fault wrong(String range, @Nullable Throwable cause) {
        return new Fault(Fault.At.TRANSFER, "the registry says that it has the bytes `" + range + "`", cause);
    }
}
