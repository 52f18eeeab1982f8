package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.Privilege;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.MapIdRanges;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.RemoveTree;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetIds;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import java.nio.file.Path;
import java.util.List;

/**
 * Deletes trees that containers have written to. What a user's containers wrote under other ids may be closed to the user: then it is deleted in a user namespace that has these ids. Safe for several
 * threads.
 */
final class TreeRemoval {
    private final Launcher launcher;
    private final HostFacts facts;

    TreeRemoval(Launcher launcher, HostFacts facts) {
        this.launcher = launcher;
        this.facts = facts;
    }

    /** Deletes an entry of a folder with all below it; absent is success. {@return how that ended} */
    TaskResult remove(Path folder, String entry) {
        Plan plan = new Plan();
        remove(plan, Assembler.PILOT, folder, entry);
        TaskResult result = launcher.task(plan.compile(0), Assembler.PILOT);
        if (!result.ok() && facts.privilege() instanceof Privilege.Ranges user) {
            Plan inside = new Plan();
            enter(inside, user);
            remove(inside, Assembler.INSIDE, folder, entry);
            return launcher.task(inside.compile(0), Assembler.PILOT);
        }
        return result;
    }

    private static void remove(Plan plan, int strand, Path folder, String entry) {
        Slot slot = plan.slot("folder");
        plan.add(strand, new OpenFolder(folder.toString(), slot));
        plan.add(strand, new RemoveTree(slot, entry));
    }

    private static void enter(Plan plan, Privilege.Ranges user) {
        Slot[] sockets = plan.pair("remover", "pilot");
        Slot process = plan.slot("process");
        plan.add(Assembler.PILOT, new MakeSocketPair(sockets[0], sockets[1]));
        plan.add(
                Assembler.PILOT,
                new StartProcess(
                        new Namespaces(Linux.CLONE_NEWUSER),
                        Assembler.INSIDE,
                        Slot.NONE,
                        sockets[0],
                        sockets[1],
                        process));
        plan.add(Assembler.PILOT, new MapIdRanges(user.newuidmap(), user.uids()));
        plan.add(Assembler.PILOT, new MapIdRanges(user.newgidmap(), user.gids()));
        plan.add(Assembler.PILOT, new SendMark(sockets[0], Mark.MAPPED, Slot.NONE));
        plan.add(Assembler.PILOT, new AwaitExit(process));
        plan.add(Assembler.INSIDE, new DieWithParent());
        plan.add(Assembler.INSIDE, new AwaitMark(sockets[1], Mark.MAPPED, Slot.NONE, false));
        plan.add(Assembler.INSIDE, new SetIds(0, 0, List.of(), true));
    }
}
