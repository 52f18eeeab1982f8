package io.wherry.kernel.step;

import io.wherry.kernel.program.Errno;
import io.wherry.kernel.program.Op;
import io.wherry.kernel.program.Strand;
import java.util.List;

/**
 * Lets a containerd shim start: it prints its address to the strand's standard output, and leaves a process behind. There are two ways to tell it what it needs, and no way to know beforehand which one it
 * understands: the older first, as a shim that wants the other refuses it before it makes anything.
 *
 * @param words the program's absolute path and its arguments
 * @param environment {@code NAME=value}
 * @param options on its input at first: a protobuf {@code Any}, or empty
 * @param bootstrap on its input where it refused those: a protobuf {@code BootstrapParams}
 */
public record StartShim(List<String> words, List<String> environment, byte[] options, byte[] bootstrap)
        implements Step {
    public StartShim {
        words = List.copyOf(words);
        environment = List.copyOf(environment);
    }

    @Override
    public void lower(Strand out) {
        int argv = out.data().strings(words);
        int envp = out.data().strings(environment);
        start(out, argv, envp, options);
        int started = out.elseOn(Errno.EREMOTEIO);
        start(out, argv, envp, bootstrap);
        out.land(started);
    }

    private void start(Strand out, int argv, int envp, byte[] input) {
        int at = input.length == 0 ? 0 : out.data().block(input);
        out.op(Op.SPAWN, argv, words.size(), envp, environment.size(), at, input.length);
    }

    @Override
    public String describe() {
        return "let the shim start: " + String.join(" ", words);
    }

    @Override
    public String why() {
        return "The shim stays beside the container as its parent, as the kernel lets nobody else learn how it ends.";
    }
}
