package io.wherry.kernel.seccomp;

import java.util.List;

/**
 * A filter as the kernel takes it.
 *
 * @param bytes {@code struct sock_filter[]}, 8 bytes each, 1 to 4096 of them; not to be changed
 * @param unknownNames the rules' names that no architecture of the table has, in order: a misspelling, or a call newer
 *     than the table. They are without effect, as in runc; worth a warning.
 */
// An array in a record: filters are handed on and written out, never compared.
@SuppressWarnings("ArrayRecordComponent")
public record CompiledFilter(byte[] bytes, List<String> unknownNames) {
    /** {@return the number of instructions} */
    public int length() {
        return bytes.length / 8;
    }
}
