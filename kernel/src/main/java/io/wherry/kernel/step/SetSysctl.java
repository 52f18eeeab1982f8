package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Sets a kernel parameter through our own procfs, before its `sys` turns read-only.
 *
 * @param procfs our own, attached or not
 * @param name with dots, as sysctl(8) prints it
 * @param value as the kernel reads it
 */
public record SetSysctl(Slot procfs, String name, String value) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.op(
                Op.WRITE,
                procfs.number(),
                out.string("sys/" + name.replace('.', '/')),
                out.data().block(bytes),
                bytes.length,
                0);
    }

    @Override
    public String describe() {
        return "set the kernel parameter " + name + " = " + value;
    }

    @Override
    public String why() {
        return "The parameter belongs to the container's namespaces, and /proc/sys can be written by nobody afterwards.";
    }
}
