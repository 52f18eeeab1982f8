package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Strand;

/**
 * Makes a symbolic link.
 *
 * @param folder where
 * @param name one name
 * @param target as the link says it
 */
public record MakeLink(Slot folder, String name, String target) implements Step {
    @Override
    public void lower(Strand out) {
        out.call(Call.SYMLINKAT, out.string(target), folder.number(), out.string(name))
                .okIf(Errno.EEXIST);
    }

    @Override
    public String describe() {
        return "link " + name + " -> " + target + " in " + folder.name();
    }

    @Override
    public String why() {
        return "Programs expect this name in every system.";
    }
}
