package io.wherry.kernel.step;

import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.nio.charset.StandardCharsets;

/**
 * Sets a kernel parameter of the host: of the network namespace that this process is in, where the parameter belongs to one.
 *
 * @param path below {@code /proc/sys}, with slashes, since the name of an interface may have dots
 * @param value as the kernel reads it
 * @param optional whether a kernel without this parameter is fine
 */
public record SetHostParameter(String path, String value, boolean optional) implements Step {
    @Override
    public void lower(Strand out) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.op(Op.WRITE, Strand.CWD, out.string("/proc/sys/" + path), out.data().block(bytes), bytes.length, 0);
        if (optional) {
            out.okIf(Errno.ENOENT);
        }
    }

    @Override
    public String describe() {
        return "set the host's kernel parameter " + path + " = " + value + (optional ? ", if it has it" : "");
    }

    @Override
    public String why() {
        return "The container's network needs the kernel to behave so, and its default may be another.";
    }
}
