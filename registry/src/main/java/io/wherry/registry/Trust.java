package io.wherry.registry;

import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates are believed: the host's bundle, as other tools on it do ({@code SSL_CERT_FILE}, or where
 * distributions keep it), the JDK's where there is none, and the configured files.
 */
final class Trust {
    private static final List<Path> BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private Trust() {}

    static SSLContext context(Connection connection, List<Path> caFiles) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            // A client for plain HTTP wants a context too, and would read the JDK's certificates for it.
            TrustManager[] trust = connection.security() == Transport.Security.VERIFIED
                    ? verifying(all(caFiles, connection.authorities()))
                    : connection.security() == Transport.Security.UNVERIFIED
                            ? new TrustManager[] {new Anyone()}
                            : new TrustManager[] {new Nobody()};
            context.init(ClientKeys.of(connection.clients()), trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new WherryException(Kind.INTERNAL, "TLS cannot be set up: " + e.getMessage() + ".", e);
        }
    }

    private static List<Path> all(List<Path> some, List<Path> more) {
        List<Path> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static TrustManager[] verifying(List<Path> caFiles) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        Optional<Path> bundle = bundle();
        if (bundle.isEmpty() && caFiles.isEmpty()) {
            factory.init((KeyStore) null);
            return factory.getTrustManagers();
        }
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            if (bundle.isPresent()) {
                add(store, bundle.get());
            } else {
                addJdk(store);
            }
            for (Path file : caFiles) {
                add(store, file);
            }
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException e) {
            throw new WherryException(Kind.INTERNAL, "An empty key store cannot be made.", e);
        }
    }

    private static Optional<Path> bundle() {
        String named = System.getenv("SSL_CERT_FILE");
        if (named != null && !named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        for (Path bundle : BUNDLES) {
            if (Files.isReadable(bundle)) {
                return Optional.of(bundle);
            }
        }
        return Optional.empty();
    }

    private static void add(KeyStore store, Path file) throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new CertificateException("there is none in it");
            }
            for (Certificate certificate : certificates) {
                store.setCertificateEntry(file + "#" + store.size(), certificate);
            }
        } catch (IOException | CertificateException e) {
            throw new WherryException(
                    Kind.INVALID,
                    "Cannot read certificates from `" + file + "`: " + Transport.sentence(e) + ".",
                    "The file must hold certificates in PEM form.",
                    e);
        }
    }

    private static void addJdk(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager known) {
                for (X509Certificate certificate : known.getAcceptedIssuers()) {
                    store.setCertificateEntry("jdk#" + store.size(), certificate);
                }
            }
        }
    }

    /** For a host whose certificate the user said not to check. Being an extended manager, no host name is checked. */
    private static class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no clients here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            checkClientTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
                throws CertificateException {
            checkServerTrusted(chain, type);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** For the client that must never speak TLS. */
    private static final class Nobody extends Anyone {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this client speaks plain HTTP only");
        }
    }
}
