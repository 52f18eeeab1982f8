package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Sets one value of a control group: a limit, a device rule, a parameter.
 *
 * @param folder the control group
 * @param file a file of the controller
 * @param value as the kernel reads it
 */
public record SetCgroupFile(Slot folder, String file, String value) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.op(Op.WRITE, folder.number(), out.string(file), out.data().block(bytes), bytes.length, 0);
    }

    @Override
    public String describe() {
        return "set " + file + " = " + value + " in " + folder.name();
    }
}
