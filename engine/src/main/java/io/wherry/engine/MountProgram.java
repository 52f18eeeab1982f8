package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AttachMount;
import io.wherry.kernel.step.CloneTree;
import io.wherry.kernel.step.JoinNamespaces;
import io.wherry.kernel.step.MountOverlay;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenOwnMounts;
import io.wherry.kernel.step.OpenProcess;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.Rootfs;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.Unmount;
import io.wherry.runtime.pilot.RootMount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The programs that attach roots to the host's tree and take them away again; the pilot runs them where the command was called. Stateless. */
final class MountProgram {
    private static final Namespaces MOUNTS = new Namespaces(Linux.CLONE_NEWNS);

    private MountProgram() {}

    /** {@return a program that mounts layers with the one where writes go, at several places one after the other} */
    static KernelProgram overlay(Rootfs.Overlay rootfs, List<Path> places, HostFacts facts) {
        Plan plan = new Plan();
        Slot mount = plan.slot("root");
        RootMount.add(plan, Assembler.PILOT, rootfs, facts, mount);
        return attached(plan, mount, places);
    }

    /** {@return a program that mounts layers so that nothing can be written, at several places} */
    static KernelProgram layers(List<String> lowers, List<Path> places, HostFacts facts) {
        Plan plan = new Plan();
        List<Slot> opened =
                MountOverlay.slots(plan, lowers.size(), facts.features().overlayOneByOne());
        Slot mount = plan.slot("root");
        plan.add(Assembler.PILOT, new MountOverlay(lowers, "", "", List.of("userxattr"), opened, mount));
        return attached(plan, mount, places);
    }

    /** {@return a program that attaches what is mounted at a place at others too} */
    static KernelProgram again(Path mounted, List<Path> places) {
        Plan plan = new Plan();
        Slot mount = plan.slot("root");
        plan.add(Assembler.PILOT, new CloneTree(mounted.toString(), false, mount));
        return attached(plan, mount, places);
    }

    private static KernelProgram attached(Plan plan, Slot first, List<Path> places) {
        Slot mount = first;
        for (int i = 0; i < places.size(); i++) {
            if (i > 0) {
                mount = plan.slot("root once more");
                plan.add(Assembler.PILOT, new CloneTree(places.get(i - 1).toString(), false, mount));
            }
            Slot folder = plan.slot("folder");
            plan.add(Assembler.PILOT, new OpenFolder(parent(places.get(i)), folder));
            attach(plan, mount, folder, places.get(i));
        }
        return plan.compile(0);
    }

    private static void attach(Plan plan, Slot mount, Slot folder, Path place) {
        plan.add(Assembler.PILOT, new AttachMount(mount, folder, String.valueOf(place.getFileName()), false, false));
    }

    /**
     * {@return a program that takes the root of a process as it is, without what is mounted below it, and attaches that at several places} It is cloned in that process's mount namespace, since the kernel clones nothing
     * of another one, and attached in its own.
     *
     * @param pid the process
     * @param start when it started, in clock ticks since the boot
     */
    static KernelProgram process(int pid, long start, List<Path> places) {
        Plan plan = new Plan();
        Slot own = plan.slot("own mounts");
        Slot process = plan.slot("container");
        List<Slot> folders = new ArrayList<>();
        List<Slot> mounts = new ArrayList<>();
        for (Path place : places) {
            Slot folder = plan.slot("folder");
            plan.add(Assembler.PILOT, new OpenFolder(parent(place), folder));
            folders.add(folder);
        }
        plan.add(Assembler.PILOT, new OpenOwnMounts(own));
        plan.add(Assembler.PILOT, new OpenProcess(pid, start, process));
        plan.add(Assembler.PILOT, new JoinNamespaces(process, MOUNTS));
        for (Path _ : places) {
            Slot mount = plan.slot("root");
            plan.add(Assembler.PILOT, new CloneTree("/", false, mount));
            mounts.add(mount);
        }
        plan.add(Assembler.PILOT, new JoinNamespaces(own, MOUNTS));
        for (int i = 0; i < places.size(); i++) {
            attach(plan, mounts.get(i), folders.get(i), places.get(i));
        }
        return plan.compile(0);
    }

    /**
     * {@return a program that takes a mount away}
     *
     * @param point where it is
     * @param busy also from under whoever is in it
     */
    static KernelProgram unmount(String point, boolean busy) {
        Plan plan = new Plan();
        plan.add(Assembler.PILOT, new Unmount(point, busy));
        return plan.compile(0);
    }

    private static String parent(Path place) {
        return Objects.requireNonNull(place.getParent(), "a root is no place").toString();
    }
}
