package io.wherry.kernel.step;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Strand;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a program, strand by strand, in the order in which they run. Filled by a runtime's compiler, then lowered once. Not for several threads.
 */
public final class Plan {
    private final List<List<Step>> strands = new ArrayList<>(8);
    private int nextSlot = Slot.FIRST;

    /** A plan without steps. */
    public Plan() {
        for (int i = 0; i < 8; i++) {
            strands.add(new ArrayList<>());
        }
    }

    /** {@return a new slot; the number is used nowhere else in the program} */
    public Slot slot(String name) {
        if (nextSlot > Slot.LAST) {
            throw new IllegalStateException("the program needs more than " + (Slot.LAST - Slot.FIRST + 1)
                    + " descriptors at once; fewer mounts would need fewer");
        }
        return new Slot(nextSlot++, name);
    }

    /** {@return two slots with numbers next to each other, for a pipe or a socket pair} */
    public Slot[] pair(String first, String second) {
        return new Slot[] {slot(first), slot(second)};
    }

    /** Appends a step to a strand. */
    public void add(int strand, Step step) {
        strands.get(strand).add(step);
    }

    /** {@return the steps of a strand, in order; a view} */
    public List<Step> steps(int strand) {
        return strands.get(strand);
    }

    /**
     * Lowers all steps. Steps are numbered over the whole plan, strand by strand; failure records carry that number.
     *
     * @param flags {@link KernelProgram#STARTS_CONTAINER} or {@link KernelProgram#PROBE}, or 0
     */
    public KernelProgram compile(int flags) {
        Assembler assembler = new Assembler();
        int number = 0;
        for (int i = 0; i < strands.size(); i++) {
            List<Step> steps = strands.get(i);
            if (steps.isEmpty()) {
                continue;
            }
            Strand strand = assembler.strand(i);
            for (Step step : steps) {
                strand.step(number++);
                step.lower(strand);
            }
        }
        return assembler.finish(flags);
    }

    /** {@return the step with a number that a failure record carries} */
    public Step step(int number) {
        int left = number;
        for (List<Step> steps : strands) {
            if (left < steps.size()) {
                return steps.get(left);
            }
            left -= steps.size();
        }
        throw new IllegalArgumentException("the program has no step " + number);
    }
}
