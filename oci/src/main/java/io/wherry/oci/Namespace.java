package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.util.Optional;

/**
 * A namespace of the container: a new one, or the one at a path of the host.
 *
 * @param path absolute; absent for a new namespace
 * @see "OCI runtime-spec v1.2, config-linux.md, Namespaces"
 */
public record Namespace(Type type, Optional<String> path) {
    /** The kinds of namespaces, by the specification's words. */
    public enum Type {
        PID("pid"),
        NETWORK("network"),
        MOUNT("mount"),
        IPC("ipc"),
        UTS("uts"),
        USER("user"),
        CGROUP("cgroup"),
        TIME("time");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** {@return the word in config.json} */
        public String word() {
            return word;
        }
    }

    /** A new namespace. */
    public Namespace(Type type) {
        this(type, Optional.empty());
    }

    static Namespace fromJson(Fields in) {
        String word = in.requiredString("type");
        for (Type type : Type.values()) {
            if (type.word.equals(word)) {
                return new Namespace(type, in.string("path"));
            }
        }
        throw in.problem("type", "is not a kind of namespace: `" + word + "`");
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .put("type", type.word)
                .putIfPresent("path", path)
                .build();
    }
}
