package io.wherry.kernel.step;

import io.wherry.kernel.program.Call;
import io.wherry.kernel.program.Strand;

/**
 * Makes three descriptors the standard input, output and error.
 *
 * @param in read from
 * @param out_ written to
 * @param err written to
 */
public record UseStdio(Slot in, Slot out_, Slot err) implements Step {
    @Override
    public void lower(Strand out) {
        if (in.number() != 0) { // the pilot's own input is the null device already
            out.call(Call.DUP3, in.number(), 0, 0);
        }
        out.call(Call.DUP3, out_.number(), 1, 0);
        out.call(Call.DUP3, err.number(), 2, 0);
    }

    @Override
    public String describe() {
        return "standard input, output, error: " + in.name() + ", " + out_.name() + ", " + err.name();
    }

    @Override
    public String why() {
        return "The program finds its input and output where every program looks for them.";
    }
}
