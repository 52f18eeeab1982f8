package io.wherry.kernel.step;

import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sets one value of a control group: a limit, a device rule, a parameter.
 *
 * @param folder the control group
 * @param file a file of the controller
 * @param value as the kernel reads it
 * @param tolerated an error that is no failure; null for none
 */
public record SetCgroupFile(
        Slot folder, String file, String value, @Nullable Errno tolerated) implements Step {
    /** Every error is a failure. */
    public SetCgroupFile(Slot folder, String file, String value) {
        this(folder, file, value, null);
    }

    @Override
    public void lower(Strand out) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.op(Op.WRITE, folder.number(), out.string(file), out.data().block(bytes), bytes.length, 0);
        if (tolerated != null) {
            out.okIf(tolerated);
        }
    }

    @Override
    public String describe() {
        return "set " + file + " = " + value + " in " + folder.name() + (tolerated == null ? "" : ", if that can be");
    }

    @Override
    public String why() {
        return "The kernel enforces the limit from here on, for all processes of the group together.";
    }
}
