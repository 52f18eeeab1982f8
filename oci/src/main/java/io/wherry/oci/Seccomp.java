package io.wherry.oci;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonArray;
import io.wherry.oci.json.JsonNumber;
import io.wherry.oci.json.JsonObject;
import io.wherry.oci.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Which system calls the process may make.
 *
 * @param defaultErrnoRet errno for the default action ERRNO; absent is EPERM
 * @param architectures such as {@code SCMP_ARCH_X86_64}; empty for the machine's own
 * @param flags such as {@code SECCOMP_FILTER_FLAG_LOG}
 * @param extra members that this type does not know, such as {@code listenerPath}
 * @see "OCI runtime-spec v1.2, config-linux.md, Seccomp"
 */
public record Seccomp(
        Action defaultAction,
        OptionalInt defaultErrnoRet,
        List<String> architectures,
        List<String> flags,
        List<Rule> syscalls,
        JsonObject extra) {

    /** What happens to a system call. */
    public enum Action {
        KILL,
        KILL_PROCESS,
        KILL_THREAD,
        TRAP,
        ERRNO,
        TRACE,
        ALLOW,
        LOG,
        NOTIFY;

        /** {@return the word in config.json, such as {@code SCMP_ACT_ALLOW}} */
        public String word() {
            return "SCMP_ACT_" + name();
        }
    }

    /** How an argument is compared, without sign. */
    public enum Operator {
        NE,
        LT,
        LE,
        EQ,
        GE,
        GT,
        MASKED_EQ;

        /** {@return the word in config.json, such as {@code SCMP_CMP_EQ}} */
        public String word() {
            return "SCMP_CMP_" + name();
        }
    }

    /**
     * An action for some system calls.
     *
     * @param names of system calls; those that the machine does not know are passed over
     * @param errnoRet errno for the action ERRNO; absent is EPERM
     * @param args conditions, all of which must hold
     */
    public record Rule(List<String> names, Action action, OptionalInt errnoRet, List<Arg> args) {
        public Rule {
            names = List.copyOf(names);
            args = List.copyOf(args);
        }

        public Rule(List<String> names, Action action) {
            this(names, action, OptionalInt.empty(), List.of());
        }
    }

    /**
     * A condition on one argument.
     *
     * @param index 0 to 5
     * @param value 64 bits without sign; the mask for MASKED_EQ
     * @param valueTwo 64 bits without sign; what the masked argument must equal for MASKED_EQ
     */
    public record Arg(int index, long value, long valueTwo, Operator op) {}

    public Seccomp {
        architectures = List.copyOf(architectures);
        flags = List.copyOf(flags);
        syscalls = List.copyOf(syscalls);
    }

    public Seccomp(Action defaultAction, OptionalInt defaultErrnoRet, List<String> architectures, List<Rule> syscalls) {
        this(defaultAction, defaultErrnoRet, architectures, List.of(), syscalls, JsonObject.empty());
    }

    /** {@return the profile in a document of its own, as {@code --security-opt seccomp=FILE} names it} */
    public static Seccomp parse(byte[] document) {
        return fromJson(JsonObject.parse(document).fields());
    }

    static Seccomp fromJson(Fields in) {
        List<Rule> rules = new ArrayList<>();
        for (Fields rule : in.objects("syscalls")) {
            rules.add(rule(rule));
        }
        return new Seccomp(
                action(in, "defaultAction"),
                in.int32("defaultErrnoRet"),
                in.strings("architectures"),
                in.strings("flags"),
                rules,
                in.rest());
    }

    private static Rule rule(Fields in) {
        List<Arg> args = new ArrayList<>();
        for (Fields arg : in.objects("args")) {
            args.add(new Arg(
                    (int) arg.integer("index", 0, 5).orElseThrow(() -> arg.problem("index", "is missing.")),
                    arg.unsigned("value").orElseThrow(() -> arg.problem("value", "is missing.")),
                    arg.unsigned("valueTwo").orElse(0),
                    operator(arg)));
        }
        return new Rule(in.strings("names"), action(in, "action"), in.int32("errnoRet"), args);
    }

    private static Action action(Fields in, String name) {
        String word = in.requiredString(name);
        for (Action action : Action.values()) {
            if (action.word().equals(word)) {
                return action;
            }
        }
        throw in.problem(name, "is not an action: `" + word + "`");
    }

    private static Operator operator(Fields in) {
        String word = in.requiredString("op");
        for (Operator operator : Operator.values()) {
            if (operator.word().equals(word)) {
                return operator;
            }
        }
        throw in.problem("op", "is not a comparison: `" + word + "`");
    }

    JsonObject toJson() {
        List<JsonValue> rules = new ArrayList<>(syscalls.size());
        for (Rule rule : syscalls) {
            rules.add(JsonObject.builder()
                    .put("names", rule.names)
                    .put("action", rule.action.word())
                    .putIfPresent("errnoRet", rule.errnoRet)
                    .putIfNotEmpty("args", args(rule))
                    .build());
        }
        return JsonObject.builder()
                .put("defaultAction", defaultAction.word())
                .putIfPresent("defaultErrnoRet", defaultErrnoRet)
                .putIfNotEmpty("architectures", architectures)
                .putIfNotEmpty("flags", flags)
                .putIfNotEmpty("syscalls", JsonArray.of(rules))
                .putMissing(extra)
                .build();
    }

    private static JsonArray args(Rule rule) {
        List<JsonValue> out = new ArrayList<>(rule.args.size());
        for (Arg arg : rule.args) {
            JsonObject.Builder one =
                    JsonObject.builder().put("index", arg.index).put("value", JsonNumber.ofUnsigned(arg.value));
            if (arg.valueTwo != 0) {
                one.put("valueTwo", JsonNumber.ofUnsigned(arg.valueTwo));
            }
            out.add(one.put("op", arg.op.word()).build());
        }
        return JsonArray.of(out);
    }

    /** {@return whether some rule or the default asks a supervisor} */
    public boolean notifies() {
        if (defaultAction == Action.NOTIFY) {
            return true;
        }
        for (Rule rule : syscalls) {
            if (rule.action == Action.NOTIFY) {
                return true;
            }
        }
        return false;
    }

    /** {@return the path of a supervisor's socket, of use with NOTIFY} */
    public Optional<String> listenerPath() {
        return extra.fields().string("listenerPath");
    }
}
