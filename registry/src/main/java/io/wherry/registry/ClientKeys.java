package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads the certificates and keys with which we prove who we are, from files in PEM form. */
final class ClientKeys {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final char[] NO_PASSWORD = new char[0];

    private ClientKeys() {}

    /** {@return what a TLS context takes; null for nothing} */
    static KeyManager @Nullable [] of(List<ClientPair> pairs) throws GeneralSecurityException {
        if (pairs.isEmpty()) {
            return null;
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (ClientPair pair : pairs) {
                Certificate[] chain = chain(pair);
                store.setKeyEntry("client#" + store.size(), key(pair, chain[0]), NO_PASSWORD, chain);
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, NO_PASSWORD);
            return factory.getKeyManagers();
        } catch (IOException e) {
            throw new WherryException(Kind.INTERNAL, "An empty key store cannot be made.", e);
        }
    }

    private static Certificate[] chain(ClientPair pair) {
        try {
            byte[] bytes = Files.readAllBytes(pair.certificate());
            // A key in the same file is none of the factory's business.
            int key = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("-----BEGIN PRIVATE");
            byte[] certificates = key < 0 ? bytes : without(bytes);
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates))
                    .toArray(Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
            throw unreadable(pair.certificate().toString(), "there is no certificate in it", null);
        } catch (IOException | GeneralSecurityException e) {
            throw unreadable(pair.certificate().toString(), Transport.sentence(e), e);
        }
    }

    private static byte[] without(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END, Math.max(0, begin));
        String rest = begin < 0 || end < 0 ? text : text.substring(0, begin) + text.substring(end + END.length());
        return rest.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static PrivateKey key(ClientPair pair, Certificate certificate) {
        String file = pair.key().toString();
        try {
            String text = Files.readString(pair.key(), StandardCharsets.ISO_8859_1);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END, Math.max(0, begin));
            if (begin < 0 || end < 0) {
                throw unreadable(file, "it has no unencrypted key in PKCS#8 form", null);
            }
            byte[] encoded = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(file, Transport.sentence(e), e);
        }
    }

    private static WherryException unreadable(String file, String problem, @Nullable Throwable cause) {
        return new WherryException(
                Kind.INVALID,
                "Cannot use `" + file + "` to prove who we are: " + problem + ".",
                "A key in another form is changed by `openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW`.",
                cause);
    }
}
