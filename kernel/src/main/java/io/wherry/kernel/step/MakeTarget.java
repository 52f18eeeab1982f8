package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;

/**
 * Makes what a tool is going to mount over, if it is missing, while the root can be written. Resolved inside the root, as for {@link AttachMount}.
 *
 * @param root the folder the target is resolved in
 * @param target absolute path in the container
 * @param file whether the target is a file
 */
public record MakeTarget(Slot root, String target, boolean file) implements Step {
    @Override
    public void lower(Strand out) {
        out.op(Op.MAKEPATH, root.number(), out.string(target.substring(1)), file ? 1 : 0);
    }

    @Override
    public String describe() {
        return "make " + target + " in " + root.name() + ", unless it is there";
    }

    @Override
    public String why() {
        return "What is mounted over must be there, and where the root is to be read-only it cannot be made any more later.";
    }
}
