package io.wherry.kernel.step;

import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps ranges of ids by newuidmap(1) and newgidmap(1), which may map what the caller owns in /etc/subuid and /etc/subgid. Both
 * processes must stay dumpable until they are done.
 *
 * @param program absolute path of the helper
 * @param ranges at most five
 */
public record MapIdRanges(String program, List<IdRange> ranges) implements Step {
    @Override
    public void lower(Strand out) {
        List<String> words = new ArrayList<>();
        words.add(program);
        words.add("");
        for (IdRange range : ranges) {
            words.add(Long.toString(range.inside()));
            words.add(Long.toString(range.outside()));
            words.add(Long.toString(range.count()));
        }
        words.set(1, "           "); // room for the pid: digits behind blanks, so that the vector keeps its shape
        int argv = out.data().strings(words);
        out.op(Op.PUTPID, argv + program.length() + 1, 1);
        out.op(Op.SPAWN, argv, words.size(), 0, 0, 0, 0);
    }

    @Override
    public String describe() {
        return "map ids by " + program + ": " + IdRange.text(ranges);
    }

    @Override
    public String why() {
        return "In a new user namespace no id means anything until it is mapped, and ranges may be mapped by the set-user-id helper alone.";
    }
}
