package io.wherry.kernel.step;

import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Executes the program: the first of the candidates that can be executed.
 *
 * @param candidates absolute paths, in order
 * @param arguments with the program's own name first
 * @param environment {@code NAME=value}
 */
public record Execute(List<String> candidates, List<String> arguments, List<String> environment) implements Step {
    @Override
    public void lower(Strand out) {
        int argv = out.data().strings(arguments);
        int envp = out.data().strings(environment);
        for (String candidate : candidates) {
            out.op(Op.EXEC, out.string(candidate), argv, arguments.size(), envp, environment.size())
                    .sticky(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES);
        }
        out.op(Op.FAIL, 0);
    }

    @Override
    public String describe() {
        return "execute " + String.join(" ", arguments) + (candidates.size() == 1 ? "" : " (found in PATH)");
    }

    @Override
    public String why() {
        return "All walls stand: from here on the container's own program runs behind them.";
    }
}
