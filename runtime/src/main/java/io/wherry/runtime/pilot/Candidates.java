package io.wherry.runtime.pilot;

import io.wherry.oci.ProcessConfig;
import java.util.ArrayList;
import java.util.List;

/** Where a process's program may be, inside its container. Stateless. */
public final class Candidates {
    private Candidates() {}

    /** {@return absolute paths in order: the word as it is if it has a slash, else in each folder of PATH} */
    public static List<String> of(ProcessConfig process) {
        String program = process.args().get(0);
        if (program.indexOf('/') >= 0) {
            return List.of(program.startsWith("/") ? program : process.cwd() + "/" + program);
        }
        String path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        for (String variable : process.env()) {
            if (variable.startsWith("PATH=")) {
                path = variable.substring("PATH=".length());
            }
        }
        List<String> candidates = new ArrayList<>();
        for (String folder : path.split(":", 64)) {
            if (folder.startsWith("/")) {
                candidates.add(folder + "/" + program);
            }
        }
        return candidates.isEmpty() ? List.of("/" + program) : candidates;
    }
}
