package io.wherry.runtime.pilot;

import io.wherry.kernel.step.CloseDescriptors;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.Execute;
import io.wherry.kernel.step.PassDescriptor;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.SetUmask;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.Step;
import io.wherry.kernel.step.UseStdio;
import java.util.ArrayList;
import java.util.List;

/**
 * A tool of the host to be executed: what it is told, what it is given, what it is narrowed by before.
 *
 * @param words its absolute path and its arguments
 * @param passed descriptors that it is given beside the standard ones
 * @param limits steps right before it is executed
 */
public record ToolExecution(List<String> words, List<Slot> passed, List<Step> limits) {
    /** The file in the container's folder that has what the tool had to say. */
    public static final String LOG = "runtime.log";

    /** The environment of tools: nothing of the caller's, nothing of the container's. */
    public static final List<String> ENVIRONMENT =
            List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    /** Copies the lists. */
    public ToolExecution {
        words = List.copyOf(words);
        passed = List.copyOf(passed);
        limits = List.copyOf(limits);
    }

    /** {@return one that is given nothing and narrowed by nothing} */
    public static ToolExecution of(List<String> words) {
        return new ToolExecution(words, List.of(), List.of());
    }

    /**
     * Adds it as the end of a strand: nothing is left open but what it is given.
     *
     * @param streams it has their ends
     * @param variables beside those of every tool's environment
     */
    public void add(Plan plan, int strand, Streams streams, List<String> variables) {
        for (Step limit : limits) {
            plan.add(strand, limit);
        }
        plan.add(strand, new DieWithParent());
        plan.add(strand, new SetDumpable(false));
        plan.add(strand, new UseStdio(streams.in(), streams.out(), streams.err()));
        plan.add(strand, new SetUmask(022));
        plan.add(strand, new CloseDescriptors());
        for (Slot descriptor : passed) {
            plan.add(strand, new PassDescriptor(descriptor));
        }
        List<String> environment = new ArrayList<>(ENVIRONMENT);
        environment.addAll(variables);
        plan.add(strand, new Execute(List.of(words.get(0)), words, environment));
    }
}
