package io.wherry.oci;

import io.wherry.oci.WherryException.Kind;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An OCI runtime configuration, {@code config.json}, for Linux: all that a runtime is told about one container.
 *
 * <p>Absence is an {@link Optional}; lists and maps may be empty and are never null; an absent object of limits or
 * hooks reads as one without any. Members that no type here knows are kept in each record's {@code extra} and are
 * written again; a runtime can refuse them by name.
 *
 * <pre>{@code
 * RuntimeConfig config = RuntimeConfig.parse(bytes);
 * OptionalLong limit = config.linux().resources().memory().limit();
 * }</pre>
 *
 * @param ociVersion such as {@code 1.2.0}; major version 1
 * @param mounts in the order in which they are made
 * @see "OCI runtime-spec v1.2, config.md"
 */
public record RuntimeConfig(
        String ociVersion,
        ProcessConfig process,
        Root root,
        Optional<String> hostname,
        Optional<String> domainname,
        List<Mount> mounts,
        Hooks hooks,
        LinuxConfig linux,
        Map<String, String> annotations,
        JsonObject extra) {
    /** The version that we write. */
    public static final String VERSION = "1.2.0";

    public RuntimeConfig {
        mounts = List.copyOf(mounts);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    public static RuntimeConfigBuilder builder() {
        return new RuntimeConfigBuilder();
    }

    /** {@return a builder that begins with these values} */
    public RuntimeConfigBuilder toBuilder() {
        return new RuntimeConfigBuilder(this);
    }

    /** {@return whether this document is a runtime configuration, and not an image's} */
    public static boolean looksLike(JsonObject document) {
        return document.has("ociVersion");
    }

    /** {@return the configuration in {@code document}; another shape or version is {@code INVALID}} */
    public static RuntimeConfig parse(byte[] document) {
        return fromJson(JsonObject.parse(document));
    }

    public static RuntimeConfig fromJson(JsonObject document) {
        Fields in = document.fields();
        String version = in.requiredString("ociVersion");
        if (!version.startsWith("1.")) {
            throw new WherryException(
                    Kind.UNSUPPORTED, "The configuration is of version " + version + ", and only version 1 is known.");
        }
        RuntimeConfigBuilder out = new RuntimeConfigBuilder()
                .ociVersion(version)
                .process(ProcessConfig.fromJson(required(in, "process")))
                .root(Root.fromJson(required(in, "root")))
                .hostname(in.string("hostname"))
                .domainname(in.string("domainname"))
                .mounts(Mount.list(in, "mounts"));
        Optional<Fields> hooks = in.object("hooks");
        if (hooks.isPresent()) {
            out.hooks(Hooks.fromJson(hooks.get()));
        }
        Optional<Fields> linux = in.object("linux");
        if (linux.isPresent()) {
            out.linux(LinuxConfig.fromJson(linux.get()));
        }
        return out.annotations(in.stringMap("annotations")).extra(in.rest()).build();
    }

    private static Fields required(Fields in, String name) {
        Optional<Fields> object = in.object(name);
        if (object.isPresent()) {
            return object.get();
        }
        throw in.problem(name, "is missing.");
    }

    public JsonObject toJson() {
        List<JsonValue> mountList = new ArrayList<>(mounts.size());
        for (Mount mount : mounts) {
            mountList.add(mount.toJson());
        }
        return JsonObject.builder()
                .put("ociVersion", ociVersion)
                .put("process", process.toJson())
                .put("root", root.toJson())
                .putIfPresent("hostname", hostname)
                .putIfPresent("domainname", domainname)
                .putIfNotEmpty("mounts", JsonArray.of(mountList))
                .putIfNotEmpty("hooks", hooks.toJson())
                .putIfNotEmpty("annotations", annotations)
                .putIfNotEmpty("linux", linux.toJson())
                .putMissing(extra)
                .build();
    }

    /** {@return the document, indented: people read it} */
    public byte[] toBytes() {
        return toJson().toIndentedBytes();
    }
}
