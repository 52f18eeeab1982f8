package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The process that the container runs.
 *
 * @param args the program and its arguments; at least one
 * @param env as {@code NAME=value}
 * @param cwd absolute
 * @param oomScoreAdj -1000 to 1000; absent leaves it
 * @param extra members that this type does not know, such as {@code scheduler} and {@code ioPriority}
 * @see "OCI runtime-spec v1.2, config.md, Process"
 */
public record ProcessConfig(
        boolean terminal,
        Optional<ConsoleSize> consoleSize,
        User user,
        List<String> args,
        List<String> env,
        String cwd,
        Capabilities capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges,
        OptionalInt oomScoreAdj,
        Optional<String> apparmorProfile,
        Optional<String> selinuxLabel,
        JsonObject extra) {

    /** The terminal's size in characters. */
    public record ConsoleSize(int height, int width) {}

    public ProcessConfig {
        args = List.copyOf(args);
        env = List.copyOf(env);
        rlimits = List.copyOf(rlimits);
    }

    public static ProcessConfigBuilder builder() {
        return new ProcessConfigBuilder();
    }

    /** {@return a builder that begins with these values} */
    public ProcessConfigBuilder toBuilder() {
        return new ProcessConfigBuilder(this);
    }

    /** {@return the process in a document; also the form in which {@code exec} takes one} */
    public static ProcessConfig fromJson(Fields in) {
        ProcessConfigBuilder out = new ProcessConfigBuilder();
        Optional<Fields> size = in.object("consoleSize");
        if (size.isPresent()) {
            out.consoleSize(new ConsoleSize(
                    (int) size.get().integer("height", 0, 65_535).orElse(0),
                    (int) size.get().integer("width", 0, 65_535).orElse(0)));
        }
        Optional<Fields> user = in.object("user");
        if (user.isPresent()) {
            out.user(User.fromJson(user.get()));
        }
        Optional<Fields> capabilities = in.object("capabilities");
        if (capabilities.isPresent()) {
            out.capabilities(Capabilities.fromJson(capabilities.get()));
        }
        for (Fields rlimit : in.objects("rlimits")) {
            out.rlimit(Rlimit.fromJson(rlimit));
        }
        in.integer("oomScoreAdj", -1000, 1000).ifPresent(value -> out.oomScoreAdj((int) value));
        return out.terminal(in.flag("terminal"))
                .args(in.strings("args"))
                .env(in.strings("env"))
                .cwd(in.requiredString("cwd"))
                .noNewPrivileges(in.flag("noNewPrivileges"))
                .apparmorProfile(in.string("apparmorProfile"))
                .selinuxLabel(in.string("selinuxLabel"))
                .extra(in.rest())
                .build();
    }

    public JsonObject toJson() {
        JsonObject.Builder out = JsonObject.builder().putIfTrue("terminal", terminal);
        if (consoleSize.isPresent()) {
            out.put(
                    "consoleSize",
                    JsonObject.builder()
                            .put("height", consoleSize.get().height())
                            .put("width", consoleSize.get().width())
                            .build());
        }
        List<JsonValue> limits = new ArrayList<>(rlimits.size());
        for (Rlimit rlimit : rlimits) {
            limits.add(rlimit.toJson());
        }
        return out.put("user", user.toJson())
                .putIfNotEmpty("args", args)
                .putIfNotEmpty("env", env)
                .put("cwd", cwd)
                .putIfNotEmpty("capabilities", capabilities.toJson())
                .putIfNotEmpty("rlimits", JsonArray.of(limits))
                .putIfTrue("noNewPrivileges", noNewPrivileges)
                .putIfPresent("apparmorProfile", apparmorProfile)
                .putIfPresent("oomScoreAdj", oomScoreAdj)
                .putIfPresent("selinuxLabel", selinuxLabel)
                .putMissing(extra)
                .build();
    }
}
