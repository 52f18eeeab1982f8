package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Programs to run at points of a container's life.
 *
 * @see "OCI runtime-spec v1.2, config.md, POSIX-platform Hooks"
 */
public record Hooks(
        List<Hook> prestart,
        List<Hook> createRuntime,
        List<Hook> createContainer,
        List<Hook> startContainer,
        List<Hook> poststart,
        List<Hook> poststop,
        JsonObject extra) {
    public static final Hooks NONE =
            new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), JsonObject.empty());

    /**
     * One program.
     *
     * @param path absolute, of the host but for {@code startContainer}
     * @param args with the program's name first; empty for the path alone
     * @param timeout in seconds; absent for none
     */
    public record Hook(String path, List<String> args, List<String> env, OptionalInt timeout) {
        public Hook {
            args = List.copyOf(args);
            env = List.copyOf(env);
        }
    }

    public Hooks {
        prestart = List.copyOf(prestart);
        createRuntime = List.copyOf(createRuntime);
        createContainer = List.copyOf(createContainer);
        startContainer = List.copyOf(startContainer);
        poststart = List.copyOf(poststart);
        poststop = List.copyOf(poststop);
    }

    public boolean isEmpty() {
        return prestart.isEmpty()
                && createRuntime.isEmpty()
                && createContainer.isEmpty()
                && startContainer.isEmpty()
                && poststart.isEmpty()
                && poststop.isEmpty();
    }

    static Hooks fromJson(Fields in) {
        return new Hooks(
                list(in, "prestart"),
                list(in, "createRuntime"),
                list(in, "createContainer"),
                list(in, "startContainer"),
                list(in, "poststart"),
                list(in, "poststop"),
                in.rest());
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .putIfNotEmpty("prestart", array(prestart))
                .putIfNotEmpty("createRuntime", array(createRuntime))
                .putIfNotEmpty("createContainer", array(createContainer))
                .putIfNotEmpty("startContainer", array(startContainer))
                .putIfNotEmpty("poststart", array(poststart))
                .putIfNotEmpty("poststop", array(poststop))
                .putMissing(extra)
                .build();
    }

    private static List<Hook> list(Fields in, String name) {
        List<Hook> out = new ArrayList<>();
        for (Fields hook : in.objects(name)) {
            out.add(new Hook(
                    hook.requiredString("path"), hook.strings("args"), hook.strings("env"), hook.int32("timeout")));
        }
        return out;
    }

    private static JsonArray array(List<Hook> hooks) {
        List<JsonValue> out = new ArrayList<>();
        for (Hook hook : hooks) {
            out.add(JsonObject.builder()
                    .put("path", hook.path)
                    .putIfNotEmpty("args", hook.args)
                    .putIfNotEmpty("env", hook.env)
                    .putIfPresent("timeout", hook.timeout)
                    .build());
        }
        return JsonArray.of(out);
    }
}
