package io.wherry.runtime.pilot;

import static io.wherry.kernel.program.Assembler.PILOT;

import io.wherry.kernel.step.CloseDescriptor;
import io.wherry.kernel.step.MakePipe;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Slot;
import java.util.List;

/**
 * The ends of a process's input and output.
 *
 * @param terminal whether they are a terminal's; then only the monitor's end of it exists out here
 * @param in the process's end
 * @param out the process's end
 * @param err the process's end
 * @param monitorIn the monitor's end, or {@link Slot#NONE}
 * @param monitorOut the monitor's end
 * @param monitorErr the monitor's end, or {@link Slot#NONE}
 */
public record Streams(boolean terminal, Slot in, Slot out, Slot err, Slot monitorIn, Slot monitorOut, Slot monitorErr) {

    /** No input and output. */
    public static final Streams NONE = new Streams(
            false, new Slot(0, "null"), new Slot(0, "null"), new Slot(0, "null"), Slot.NONE, Slot.NONE, Slot.NONE);

    /** {@return the ends, with what makes the pilot's and the process's} */
    public static Streams of(Plan plan, boolean terminal, boolean input) {
        if (terminal) {
            Slot master = plan.slot("terminal");
            Slot peer = plan.slot("container's terminal");
            return new Streams(true, peer, peer, peer, input ? master : Slot.NONE, master, Slot.NONE);
        }
        Slot[] out = plan.pair("output", "container's output");
        Slot[] err = plan.pair("errors", "container's errors");
        plan.add(PILOT, new MakePipe(out[0], out[1]));
        plan.add(PILOT, new MakePipe(err[0], err[1]));
        if (!input) {
            return new Streams(false, new Slot(0, "null"), out[1], err[1], Slot.NONE, out[0], err[0]);
        }
        Slot[] in = plan.pair("container's input", "input");
        plan.add(PILOT, new MakePipe(in[0], in[1]));
        return new Streams(false, in[0], out[1], err[1], in[1], out[0], err[0]);
    }

    /** {@return the ends of a terminal that comes by a console socket: who sends it has no part in it itself} */
    public static Streams ofConsole(Plan plan, boolean input) {
        Slot nothing = new Slot(0, "null");
        Slot master = plan.slot("terminal");
        return new Streams(true, nothing, nothing, nothing, input ? master : Slot.NONE, master, Slot.NONE);
    }

    /** The pilot lets go of the process's ends, which that has by now: or input that nobody reads any more would never be refused. */
    public void leave(Plan plan) {
        if (!terminal) {
            for (Slot end : List.of(in, out, err)) {
                if (end.number() > 2) {
                    plan.add(PILOT, new CloseDescriptor(end));
                }
            }
        }
    }
}
