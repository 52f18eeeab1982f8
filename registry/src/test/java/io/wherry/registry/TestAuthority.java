package io.wherry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of a test's own, and servers with certificates by it; made with the JDK's keytool. */
final class TestAuthority {
    private static final String PASSWORD = "changeit";

    private final Path store;
    private final Path caFile;

    TestAuthority(Path folder) throws Exception {
        store = folder.resolve("keys.p12");
        caFile = folder.resolve("ca.pem");
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=Test authority", "-ext", "bc:c");
        keytool("-exportcert", "-rfc", "-alias", "ca", "-file", caFile.toString());
    }

    /** The authority's certificate in PEM form. */
    Path caFile() {
        return caFile;
    }

    /**
     * {@return how a server proves itself with a certificate for these names}
     *
     * @param names such as {@code ip:127.0.0.1,dns:localhost}
     */
    SSLContext server(String alias, String names) throws Exception {
        make(alias, names);
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        KeyStore all = load();
        one.setKeyEntry(
                alias,
                all.getKey(alias, PASSWORD.toCharArray()),
                PASSWORD.toCharArray(),
                all.getCertificateChain(alias));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, PASSWORD.toCharArray());
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setCertificateEntry("ca", all.getCertificate("ca"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(own);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** Writes certificate and key as files, for servers that are other programs. */
    void write(String alias, String names, Path certificate, Path key) throws Exception {
        make(alias, names);
        KeyStore all = load();
        Files.writeString(
                certificate, pem("CERTIFICATE", all.getCertificate(alias).getEncoded()));
        PrivateKey secret = (PrivateKey) all.getKey(alias, PASSWORD.toCharArray());
        Files.writeString(key, pem("PRIVATE KEY", secret.getEncoded()));
    }

    private void make(String alias, String names) throws Exception {
        keytool("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-signer", "ca", "-ext", "san=" + names);
    }

    private KeyStore load() throws Exception {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            all.load(in, PASSWORD.toCharArray());
        }
        return all;
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(bytes)
                + "\n-----END " + type + "-----\n";
    }

    private void keytool(String... words) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(words));
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        if (words[0].equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
