package io.wherry.engine;

import io.wherry.oci.WherryException;
import java.io.FileInputStream;
import java.io.IOException;

/**
 * A container's id: 64 hexadecimal digits, drawn at random by the engine. Nothing else becomes part of a path of state.
 *
 * @param text lower case
 */
public record ContainerId(String text) {
    static final int LENGTH = 64;
    private static final int SHORT = 12;

    /** Refuses anything but an id. */
    public ContainerId {
        if (!isHex(text) || text.length() != LENGTH) {
            throw new WherryException(WherryException.Kind.INVALID, "`" + text + "` is not a container id.");
        }
    }

    /** {@return a new id; from the kernel's generator, as Java's own costs 14 ms at first use} */
    public static ContainerId random() {
        byte[] bytes = new byte[LENGTH / 2];
        try (FileInputStream random = new FileInputStream("/dev/urandom")) {
            if (random.readNBytes(bytes, 0, bytes.length) != bytes.length) {
                throw new IOException("it ended");
            }
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.FAILED_PRECONDITION, "Cannot read /dev/urandom: " + e.getMessage() + ".");
        }
        StringBuilder text = new StringBuilder(LENGTH);
        for (byte b : bytes) {
            text.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return new ContainerId(text.toString());
    }

    /** {@return the first 12 digits, as people see it} */
    public String abbreviated() {
        return text.substring(0, SHORT);
    }

    static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
