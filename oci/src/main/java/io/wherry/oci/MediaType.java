package io.wherry.oci;

/**
 * The media types of OCI images 1.1 and of Docker's schema 2. A descriptor may carry any other; it is kept as text.
 *
 * @see "OCI image-spec v1.1, media-types.md"
 */
public final class MediaType {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
    public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
    public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
    public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";

    public static final String DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
    public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    public static final String DOCKER_LAYER_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public static final String DOCKER_LAYER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd";

    private static final String OCI_FOREIGN_LAYER = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    private static final String DOCKER_FOREIGN_LAYER = "application/vnd.docker.image.rootfs.foreign.diff.tar";
    private static final String DOCKER_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";

    /** How a layer's bytes are packed. */
    public enum Compression {
        NONE,
        GZIP,
        ZSTD
    }

    private MediaType() {}

    /** {@return what an OCI manifest calls a layer of this type: the bytes are the same} */
    public static String ofOci(String layer) {
        return switch (layer) {
            case DOCKER_LAYER -> OCI_LAYER;
            case DOCKER_LAYER_GZIP -> OCI_LAYER_GZIP;
            case DOCKER_LAYER_ZSTD -> OCI_LAYER_ZSTD;
            default -> layer;
        };
    }

    /** {@return whether this is an index of manifests} */
    public static boolean isIndex(String type) {
        return type.equals(OCI_INDEX) || type.equals(DOCKER_INDEX);
    }

    /** {@return whether this is one image's manifest} */
    public static boolean isManifest(String type) {
        return type.equals(OCI_MANIFEST) || type.equals(DOCKER_MANIFEST);
    }

    /** {@return whether this is an image's configuration} */
    public static boolean isImageConfig(String type) {
        return type.equals(OCI_CONFIG) || type.equals(DOCKER_CONFIG);
    }

    /** {@return whether this is a layer that the image's own registry need not have} */
    public static boolean isForeignLayer(String type) {
        return type.startsWith(OCI_FOREIGN_LAYER) || type.startsWith(DOCKER_FOREIGN_LAYER);
    }

    /** {@return whether this is a layer that can be unpacked: a tar, packed in one of the ways we know} */
    public static boolean isLayer(String type) {
        return isOneOf(
                        type,
                        OCI_LAYER,
                        OCI_LAYER_GZIP,
                        OCI_LAYER_ZSTD,
                        DOCKER_LAYER,
                        DOCKER_LAYER_GZIP,
                        DOCKER_LAYER_ZSTD)
                || isForeignLayer(type);
    }

    /** {@return how the layer says that it is packed; the bytes have the last word} */
    public static Compression compression(String layerType) {
        if (layerType.endsWith("gzip")) {
            return Compression.GZIP;
        }
        return layerType.endsWith("zstd") ? Compression.ZSTD : Compression.NONE;
    }

    /** {@return whether this is a manifest of Docker's schema 1, signed or not, which nobody should serve any more} */
    public static boolean isSchema1(String type) {
        return type.startsWith(DOCKER_SCHEMA_1);
    }

    /** {@return the type without parameters such as {@code ; charset=utf-8}} */
    public static String withoutParameters(String type) {
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).trim();
    }

    private static boolean isOneOf(String type, String... known) {
        for (String one : known) {
            if (one.equals(type)) {
                return true;
            }
        }
        return false;
    }
}
