package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name of bytes: an algorithm and the hash, in lower-case hexadecimal of the exact length.
 *
 * <p>An instance is proof that its text is harmless in a path or a URL: there is no other way from a document's
 * "digest" to a file name. Only the algorithms that the specification registers are accepted.
 *
 * @see "OCI image-spec v1.1, descriptor.md, Digests"
 */
public final class Digest implements Comparable<Digest> {
    /** A registered hash. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String word;
        private final String javaName;
        private final int hexLength;

        Algorithm(String word, String javaName, int hexLength) {
            this.word = word;
            this.javaName = javaName;
            this.hexLength = hexLength;
        }

        /** {@return the name as in {@code sha256:...}} */
        public String word() {
            return word;
        }

        /** {@return a new hash without any bytes yet} */
        public MessageDigest start() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("each Java has " + javaName, e);
            }
        }
    }

    private final Algorithm algorithm;
    private final String hex;

    private Digest(Algorithm algorithm, String hex) {
        this.algorithm = algorithm;
        this.hex = hex;
    }

    /** {@return the digest with this text; a text of another form is {@code INVALID}} */
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? "" : text.substring(0, colon);
        Algorithm algorithm =
                word.equals("sha256") ? Algorithm.SHA256 : word.equals("sha512") ? Algorithm.SHA512 : null;
        if (algorithm == null) {
            throw new WherryException(
                    Kind.INVALID, "Invalid digest `" + shown(text) + "`: it must begin with `sha256:` or `sha512:`.");
        }
        String hex = text.substring(colon + 1);
        if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
            throw new WherryException(
                    Kind.INVALID,
                    "Invalid digest `" + shown(text) + "`: after `" + word + ":` must come " + algorithm.hexLength
                            + " digits of 0-9 and a-f.");
        }
        return new Digest(algorithm, hex);
    }

    /** {@return the digest with this text, if it is one} */
    public static Optional<Digest> tryParse(String text) {
        try {
            return Optional.of(parse(text));
        } catch (WherryException e) {
            return Optional.empty();
        }
    }

    /** {@return the SHA-256 of {@code bytes}} */
    public static Digest sha256(byte[] bytes) {
        return finish(Algorithm.SHA256, Algorithm.SHA256.start(), bytes);
    }

    /** {@return the SHA-256 of the text's UTF-8} */
    public static Digest sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return the digest that {@code hash} has reached; the hash is reset} */
    public static Digest finish(Algorithm algorithm, MessageDigest hash) {
        return finish(algorithm, hash, new byte[0]);
    }

    private static Digest finish(Algorithm algorithm, MessageDigest hash, byte[] last) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash.digest(last)));
    }

    public Algorithm algorithm() {
        return algorithm;
    }

    /** {@return the hash alone, 64 or 128 digits} */
    public String hex() {
        return hex;
    }

    /** {@return the first twelve digits, as tools show them to people} */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    /** {@return {@code folder/sha256/<hex>}: where an image layout's {@code blobs} folder keeps these bytes} */
    public Path in(Path folder) {
        return folder.resolve(algorithm.word).resolve(hex);
    }

    /** {@return whether {@code bytes} have this digest} */
    public boolean matches(byte[] bytes) {
        return equals(finish(algorithm, algorithm.start(), bytes));
    }

    static boolean isLowerHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String shown(String text) {
        return text.length() <= 160 ? text : text.substring(0, 160) + "...";
    }

    @Override
    public int compareTo(Digest other) {
        int byAlgorithm = algorithm.compareTo(other.algorithm);
        return byAlgorithm != 0 ? byAlgorithm : hex.compareTo(other.hex);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest that && algorithm == that.algorithm && hex.equals(that.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    /** {@return the text that {@link #parse} takes} */
    @Override
    public String toString() {
        return algorithm.word + ":" + hex;
    }
}
