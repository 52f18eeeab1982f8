package io.wherry.engine;

import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveTree;
import io.wherry.kernel.step.Slot;
import java.nio.file.Path;

/** The program that deletes a tree which containers have written to. Stateless. */
final class TreeRemoval {
    private TreeRemoval() {}

    static KernelProgram program(Path folder, String entry) {
        Plan plan = new Plan();
        Slot slot = plan.slot("folder");
        plan.add(Assembler.PILOT, new OpenFolder(folder.toString(), slot));
        plan.add(Assembler.PILOT, new RemoveTree(slot, entry));
        return plan.compile(0);
    }
}
