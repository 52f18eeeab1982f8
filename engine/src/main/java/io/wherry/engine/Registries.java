package io.wherry.engine;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Secret;
import io.wherry.oci.WherryException;
import io.wherry.registry.CredentialFile;
import io.wherry.registry.Credentials;
import io.wherry.registry.RegistryClient;
import io.wherry.registry.RegistryListing;
import io.wherry.registry.RegistryLogin;
import java.util.List;
import java.util.function.Consumer;

/** What can be asked of registries, and what is remembered about them, without any images here. No state; safe for several threads. */
public final class Registries {
    private Registries() {}

    /**
     * Shows a registry a name and a password, and keeps them if it takes them.
     *
     * @param host as in an image's name, such as {@code localhost:5000}
     * @return who keeps them: a file, or a helper
     * @throws WherryException of kind DENIED if it does not take them; then nothing is kept
     */
    public static String login(String host, String user, Secret password) {
        String registry = registry(host);
        Credentials kept =
                new RegistryLogin(RegistrySettings.ofCaller()).verify(registry, new Credentials.Basic(user, password));
        return CredentialFile.of(System.getenv()).store(registry, kept);
    }

    /** {@return whether something was known about the registry, and is no more} */
    public static boolean logout(String host) {
        return CredentialFile.of(System.getenv()).erase(registry(host));
    }

    /** Gives all tags that a registry has of an image, in the registry's order. */
    public static void tags(String name, Consumer<String> to) {
        new RegistryListing(RegistrySettings.ofCaller()).tags(ImageReference.parse(name), to);
    }

    /** {@return what refers to an image at its registry: signatures, inventories and the like} */
    public static List<Descriptor> referrers(String name) {
        ImageReference image = ImageReference.parse(name);
        Digest digest = image.digest().isPresent()
                ? image.digest().get()
                : new RegistryClient(RegistrySettings.ofCaller())
                        .resolve(image)
                        .descriptor()
                        .digest();
        return new RegistryListing(RegistrySettings.ofCaller()).referrers(image, digest);
    }

    /** {@return a registry as it is called in images' names} */
    private static String registry(String host) {
        ImageReference reference = ImageReference.parse(host + "/x");
        boolean hub = host.equals(ImageReference.DEFAULT_REGISTRY) || host.equals("index.docker.io");
        if (!reference.repository().equals(hub ? "library/x" : "x")) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "`" + host + "` is not the name of a registry.",
                    "Write host and port as images' names do, such as `localhost:5000`.");
        }
        return reference.registry();
    }
}
