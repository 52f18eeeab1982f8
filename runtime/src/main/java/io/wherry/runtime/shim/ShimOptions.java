package io.wherry.runtime.shim;

import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;

/**
 * What a configuration tells a shim, as protobuf {@code Any}: {@code containerd.runc.v1.Options}, or, where one of its fields is named, {@code runtimeoptions.v1.Options}, which runsc reads. The
 * names of fields are those of Docker's daemon.json. Stateless.
 */
public final class ShimOptions {
    private static final String RUNC = "containerd.runc.v1.Options";
    private static final String GENERAL = "runtimeoptions.v1.Options";

    private ShimOptions() {}

    /**
     * {@return the message; empty for no options, which every shim understands}
     *
     * @throws io.wherry.oci.WherryException of kind INVALID for a field of neither
     */
    public static byte[] of(JsonObject options) {
        if (options.isEmpty()) {
            return new byte[0];
        }
        Fields fields = options.fields();
        boolean general = options.has("TypeUrl") || options.has("ConfigPath") || options.has("ConfigBody");
        Message message = general ? general(fields) : runc(fields);
        for (String name : fields.rest().members().keySet()) {
            throw fields.problem(name, "is not known to " + (general ? GENERAL : RUNC) + ".");
        }
        return any(general ? GENERAL : RUNC, message.bytes());
    }

    private static Message general(Fields fields) {
        return new Message()
                .text(1, fields.string("TypeUrl").orElse(""))
                .text(2, fields.string("ConfigPath").orElse(""))
                .text(3, fields.string("ConfigBody").orElse(""));
    }

    private static Message runc(Fields fields) {
        return new Message()
                .flag(1, fields.flag("NoPivotRoot"))
                .flag(2, fields.flag("NoNewKeyring"))
                .text(3, fields.string("ShimCgroup").orElse(""))
                .number(4, fields.integer("IoUid").orElse(0))
                .number(5, fields.integer("IoGid").orElse(0))
                .text(6, fields.string("BinaryName").orElse(""))
                .text(7, fields.string("Root").orElse(""))
                .flag(9, fields.flag("SystemdCgroup"))
                .text(10, fields.string("CriuImagePath").orElse(""))
                .text(11, fields.string("CriuWorkPath").orElse(""));
    }

    static byte[] any(String type, byte[] value) {
        return new Message().text(1, type).bytes(2, value).bytes();
    }
}
