package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Lets a tool of the host clean up what it made, in a sweep: it may find nothing, and has ten seconds. What it leaves is removed by the steps behind.
 *
 * @param folder absolute path of its working folder, without which there is nothing that it could clean up; or empty
 * @param words the program's absolute path and its arguments
 * @param environment {@code NAME=value}
 */
public record SweepByTool(String folder, List<String> words, List<String> environment) implements Step {
    public SweepByTool {
        words = List.copyOf(words);
        environment = List.copyOf(environment);
    }

    @Override
    public void lower(Strand out) {
        if (folder.isEmpty()) {
            spawn(out);
            return;
        }
        out.call(Call.CHDIR, out.string(folder));
        int absent = out.skipOn(Errno.ENOENT);
        spawn(out);
        out.call(Call.CHDIR, out.string("/"));
        out.land(absent);
    }

    private void spawn(Strand out) {
        out.op(
                        Op.SPAWN,
                        out.data().strings(words),
                        words.size(),
                        out.data().strings(environment),
                        environment.size(),
                        0,
                        0)
                .ignore();
    }

    @Override
    public String describe() {
        return "clean up by " + String.join(" ", words);
    }

    @Override
    public String why() {
        return "The tool may keep state, or run hooks, that only it knows; what it leaves is removed by name all the same.";
    }
}
