package io.wherry.engine;

import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenProcess;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.ReadFile;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.Slot;
import io.wherry.oci.WherryException;
import java.util.List;

/**
 * The files of a root that name users and groups, as the pilot reads them: inside the root, following no link out of it, regular files only, bounded.
 *
 * @param passwd content of /etc/passwd; empty if there is none
 * @param group content of /etc/group; empty if there is none
 */
record AccountFiles(byte[] passwd, byte[] group) {
    static final AccountFiles NONE = new AccountFiles(new byte[0], new byte[0]);
    private static final int LIMIT = 1 << 20;

    /** {@return the files, each from the first folder that has it} */
    static AccountFiles read(Launcher launcher, List<String> folders) {
        Plan plan = new Plan();
        for (String folder : folders) {
            Slot slot = plan.slot("layer");
            plan.add(Assembler.PILOT, new OpenFolder(folder, slot));
            plan.add(Assembler.PILOT, new ReadFile(slot, "etc/passwd", LIMIT));
            plan.add(Assembler.PILOT, new ReadFile(slot, "etc/group", LIMIT));
        }
        return read(launcher, plan, 0);
    }

    /**
     * {@return the files that a running container sees now, whatever has been mounted over or written into them}
     *
     * @param pid its first process
     * @param start when that started, in clock ticks since the boot
     * @param namespaces its own
     */
    static AccountFiles inside(Launcher launcher, int pid, long start, Namespaces namespaces) {
        Plan plan = new Plan();
        Slot process = plan.slot("container");
        Slot root = plan.slot("root");
        plan.add(Assembler.PILOT, new SetDumpable(false));
        plan.add(Assembler.PILOT, new OpenProcess(pid, start, process));
        plan.add(Assembler.PILOT, new JoinNamespaces(process, namespaces));
        plan.add(Assembler.PILOT, new OpenFolder("/", root));
        plan.add(Assembler.PILOT, new ReadFile(root, "etc/passwd", LIMIT));
        plan.add(Assembler.PILOT, new ReadFile(root, "etc/group", LIMIT));
        return read(launcher, plan, 3);
    }

    /** In groups of three instructions from `first` on: a folder is opened, two files are read. */
    private static AccountFiles read(Launcher launcher, Plan plan, int first) {
        KernelProgram program = plan.compile(KernelProgram.PROBE);
        TaskResult result = launcher.task(program, Assembler.PILOT);
        if (!result.ok()) {
            throw new WherryException(
                    WherryException.Kind.INTERNAL,
                    "Cannot read who the users of the root are: "
                            + result.failure()
                                    .map(failure -> failure.errnoName() + " " + failure.text())
                                    .orElse("the pilot ended with " + result.status())
                            + ".");
        }
        byte[] passwd = new byte[0];
        byte[] group = new byte[0];
        for (TaskResult.Data data : result.data()) {
            boolean isPasswd = (data.instruction() - first) % 3 == 1;
            if (isPasswd && passwd.length == 0) {
                passwd = data.bytes();
            } else if (!isPasswd && group.length == 0) {
                group = data.bytes();
            }
        }
        return new AccountFiles(passwd, group);
    }
}
