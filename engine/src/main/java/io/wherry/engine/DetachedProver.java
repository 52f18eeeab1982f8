package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ProveLayer;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.SyncFilesystem;
import io.wherry.store.layer.Prover;
import java.nio.file.Path;
import java.util.List;

/** Proves layers by a pilot that outlives the command: the pull need not wait for the disk. */
final class DetachedProver implements Prover {
    private final Launcher launcher;

    DetachedProver(Launcher launcher) {
        this.launcher = launcher;
    }

    @Override
    public void prove(List<Path> layerFolders) {
        if (layerFolders.isEmpty()) {
            return;
        }
        Plan plan = new Plan();
        Slot layers = plan.slot("layers");
        Path parent = layerFolders.get(0).toAbsolutePath().getParent();
        plan.add(Assembler.PILOT, new OpenFolder(String.valueOf(parent), layers));
        plan.add(Assembler.PILOT, new SyncFilesystem(layers));
        for (Path folder : layerFolders) {
            plan.add(Assembler.PILOT, new ProveLayer(layers, String.valueOf(folder.getFileName()), FILE));
        }
        launcher.detach(plan.compile(0));
    }
}
