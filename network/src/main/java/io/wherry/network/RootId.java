package io.wherry.network;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The eight hex digits that the shared kernel objects of a state root carry in their names: the FNV-1a hash (32 bits) of the root's path.
 *
 * <p>It keeps roots apart on one host; nothing is protected by it. A digest would bring the security providers into every start.
 */
final class RootId {
    private RootId() {}

    static int hash(Path root) {
        int hash = 0x811c9dc5;
        for (byte b : root.toString().getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x01000193;
        }
        return hash;
    }

    static String text(int hash) {
        char[] digits = new char[8];
        for (int i = 0; i < 8; i++) {
            digits[i] = Character.forDigit((hash >>> (28 - 4 * i)) & 15, 16);
        }
        return new String(digits);
    }
}
