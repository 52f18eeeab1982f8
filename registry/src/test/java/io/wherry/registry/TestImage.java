package io.wherry.registry;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Manifest;
import io.wherry.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A small image with one layer, and how an honest registry serves it. */
final class TestImage implements ScriptedRegistry.Script {
    /** Times of a test: waits between tries are short, but a busy machine is no fault. */
    static final Patience QUICK = new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            5,
            Duration.ofMillis(4),
            Duration.ofMillis(50),
            1024,
            Duration.ofSeconds(1));

    /** For tests of silence. */
    static final Patience IMPATIENT = new Patience(
            Duration.ofSeconds(2),
            Duration.ofMillis(400),
            Duration.ofSeconds(2),
            5,
            Duration.ofMillis(4),
            Duration.ofMillis(50),
            1024,
            Duration.ofSeconds(1));

    final byte[] layer = new byte[300_000];
    final byte[] config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[]}}"
            .getBytes(StandardCharsets.UTF_8);
    final Descriptor layerDescriptor;
    final Manifest manifest;

    TestImage() {
        new Random(7).nextBytes(layer);
        layerDescriptor = Descriptor.of(MediaType.OCI_LAYER_GZIP, layer);
        manifest = Manifest.of(Descriptor.of(MediaType.OCI_CONFIG, config), List.of(layerDescriptor), Map.of());
    }

    ImageReference reference(ScriptedRegistry registry) {
        return ImageReference.parse(registry.name() + "/acme/app:1");
    }

    /** A client that need not find out how the registry is spoken to. */
    static RegistryClient client(ScriptedRegistry registry) {
        return new RegistryClient(plain(registry));
    }

    static RegistryClient impatientClient(ScriptedRegistry registry) {
        return new RegistryClient(plain(registry).withPatience(IMPATIENT));
    }

    static RegistryConfig plain(ScriptedRegistry registry) {
        return RegistryConfig.DEFAULT.withPatience(QUICK).withPlainHttpHosts(Set.of(registry.name()));
    }

    /** Pulls the layer from the start. */
    byte[] pullLayer(ScriptedRegistry registry) throws IOException {
        return pullLayer(client(registry), registry, BlobPosition.start(layerDescriptor));
    }

    byte[] pullLayerImpatiently(ScriptedRegistry registry) throws IOException {
        return pullLayer(impatientClient(registry), registry, BlobPosition.start(layerDescriptor));
    }

    byte[] pullLayer(RegistryClient client, ScriptedRegistry registry, BlobPosition from) throws IOException {
        try (InputStream in = client.blob(reference(registry), layerDescriptor, from, PullListener.NONE)) {
            return in.readAllBytes();
        }
    }

    @Override
    public void answer(ScriptedRegistry.Request request, ScriptedRegistry.Reply reply) throws IOException {
        String path = request.path();
        if (path.equals("/v2/")) {
            reply.send(200, "", "{}");
        } else if (path.endsWith("/manifests/1") || path.endsWith("/manifests/" + manifest.digest())) {
            reply.send(
                    200,
                    "Content-Type: " + MediaType.OCI_MANIFEST + "\r\nDocker-Content-Digest: " + manifest.digest()
                            + "\r\n",
                    manifest.raw());
        } else if (path.endsWith("/blobs/" + layerDescriptor.digest())) {
            sendLayer(request, reply);
        } else if (path.endsWith("/blobs/" + Digest.sha256(config))) {
            reply.send(200, "", config);
        } else {
            reply.send(404, "", "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
        }
    }

    void sendLayer(ScriptedRegistry.Request request, ScriptedRegistry.Reply reply) throws IOException {
        int from = from(request);
        if (from < 0) {
            reply.send(200, "", layer);
        } else {
            reply.send(206, contentRange(from), Arrays.copyOfRange(layer, from, layer.length));
        }
    }

    String contentRange(int from) {
        return "Content-Range: bytes " + from + "-" + (layer.length - 1) + "/" + layer.length + "\r\n";
    }

    /** The offset that a request asks for; -1 if it asks for everything. */
    static int from(ScriptedRegistry.Request request) {
        String range = request.header("range");
        return range.isEmpty() ? -1 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    }
}
