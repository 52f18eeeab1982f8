package io.wherry.runtime.shim;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.MakeFifo;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import io.wherry.runtime.pilot.Streams;
import java.util.List;

/**
 * A process's input and output as pipes with names, the only form that all shims take.
 *
 * @param ends the monitor's ends
 * @param in absolute path; empty for none
 * @param out absolute path
 * @param err absolute path; empty for a terminal
 * @param keepers what holds the other ends open until the shim has them
 */
record ShimStreams(Streams ends, String in, String out, String err, List<Slot> keepers) {

    /**
     * {@return the streams, with what makes them}
     *
     * @param folder where they are made
     * @param path its absolute path
     */
    static ShimStreams of(Plan plan, Slot folder, String path, boolean terminal, boolean input) {
        Slot nothing = new Slot(0, "null");
        Slot in = Slot.NONE;
        if (input) {
            in = plan.slot("input");
            plan.add(PILOT, new MakeFifo(folder, "stdin", in, Slot.NONE));
        }
        Slot[] out = plan.pair("keeper of the output", "output");
        plan.add(PILOT, new MakeFifo(folder, "stdout", out[0], out[1]));
        if (terminal) {
            Streams ends = new Streams(true, nothing, nothing, nothing, in, out[1], Slot.NONE);
            return new ShimStreams(ends, input ? path + "/stdin" : "", path + "/stdout", "", List.of(out[0]));
        }
        Slot[] err = plan.pair("keeper of the errors", "errors");
        plan.add(PILOT, new MakeFifo(folder, "stderr", err[0], err[1]));
        Streams ends = new Streams(false, nothing, nothing, nothing, in, out[1], err[1]);
        return new ShimStreams(
                ends, input ? path + "/stdin" : "", path + "/stdout", path + "/stderr", List.of(out[0], err[0]));
    }

    /** The shim has its ends: from now on they end with it. */
    void leave(Plan plan) {
        for (Slot keeper : keepers) {
            plan.add(PILOT, new CloseDescriptor(keeper));
        }
    }
}
