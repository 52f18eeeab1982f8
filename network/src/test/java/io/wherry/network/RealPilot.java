package io.wherry.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.program.Linux;
import io.wherry.kernel.step.AwaitExit;
import io.wherry.kernel.step.AwaitMark;
import io.wherry.kernel.step.CloseDescriptors;
import io.wherry.kernel.step.DieWithParent;
import io.wherry.kernel.step.Execute;
import io.wherry.kernel.step.MakeSocketPair;
import io.wherry.kernel.step.Mark;
import io.wherry.kernel.step.Namespaces;
import io.wherry.kernel.step.NetworkAttachment;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.OpenNetworkNamespace;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.step.SendMark;
import io.wherry.kernel.step.SetDumpable;
import io.wherry.kernel.step.SetSysctl;
import io.wherry.kernel.step.Slot;
import io.wherry.kernel.step.StartProcess;
import io.wherry.testkit.Command;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs programs by the real pilot from a shell script inside a network namespace of its own, which plays the host. A container is a shell in a network
 * namespace; it ends with its pilot.
 */
final class RealPilot {
    private final Path folder;
    private final Path binary;
    private final StringBuilder script = new StringBuilder("set -u\nip link set lo up\n");

    RealPilot(Path folder) throws IOException {
        Command.requireTool("ip", "iproute2");
        Command.requireTool("nft", "nftables");
        Command.requireTool("ping", "iputils-ping");
        Command.requireTool("python3", "python3");
        this.folder = folder;
        this.binary = binary(folder);
        try (InputStream source = RealPilot.class.getResourceAsStream("pilot.py")) {
            assertThat(source).isNotNull();
            Files.copy(source, folder.resolve("pilot.py"));
        }
        shell("pilot() { python3 " + folder.resolve("pilot.py") + " " + binary + " \"$@\"; }");
        shell("waits() { for i in $(seq 200); do eval \"$@\" && return; sleep 0.02; done; echo \"never: $*\"; }");
    }

    /** The one that the build left, or else one of our own. */
    private static Path binary(Path folder) {
        Path module = Path.of("").toAbsolutePath();
        Path root = Files.exists(module.resolve("pilot"))
                ? module
                : module.resolve("..").normalize();
        Path built = root.resolve("pilot/build/wherry");
        if (Files.isExecutable(built)) {
            return built;
        }
        Command.of(
                        "sh",
                        root.resolve("pilot/build.sh").toString(),
                        folder.resolve("build").toString())
                .with("JAVA_HOME", System.getProperty("java.home"))
                .check();
        return folder.resolve("build/wherry");
    }

    RealPilot shell(String line) {
        script.append(line).append('\n');
        return this;
    }

    /** {@return the path of a program that puts a shell onto the network; the pilot waits until that ends with 0} */
    Path container(String name, NetworkAttachment attachment, Map<String, String> parameters, String command)
            throws IOException {
        Plan plan = new Plan();
        Slot[] pair = plan.pair("first process", "pilot");
        Slot process = plan.slot("process");
        Slot namespace = plan.slot("network namespace");
        plan.add(0, new MakeSocketPair(pair[0], pair[1]));
        plan.add(0, new StartProcess(new Namespaces(Linux.CLONE_NEWNET), 1, Slot.NONE, pair[0], pair[1], process));
        plan.add(0, new OpenNetworkNamespace(process, pidfds(), namespace));
        attachment.pilot(plan, 0, namespace);
        plan.add(0, new SendMark(pair[0], Mark.NETWORK, Slot.NONE));
        plan.add(0, new AwaitMark(pair[0], Mark.EXECUTING, Slot.NONE, true));
        plan.add(0, new AwaitExit(process));
        Slot procfs = plan.slot("proc");
        plan.add(1, new DieWithParent());
        plan.add(1, new OpenFolder("/proc", procfs));
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            plan.add(1, new SetSysctl(procfs, parameter.getKey(), parameter.getValue()));
        }
        plan.add(1, new AwaitMark(pair[1], Mark.NETWORK, Slot.NONE, false));
        attachment.inside(plan, 1);
        plan.add(1, new SetDumpable(false));
        plan.add(1, new CloseDescriptors());
        plan.add(
                1,
                new Execute(
                        List.of("/bin/sh"),
                        List.of("sh", "-c", command),
                        List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")));
        attachment.sweep(plan, 7);
        return program(name, plan.compile(KernelProgram.STARTS_CONTAINER));
    }

    Path program(String name, KernelProgram program) throws IOException {
        return Files.write(folder.resolve(name), program.bytes());
    }

    /** The kernel can open a namespace by pidfd since 6.11. */
    private static boolean pidfds() {
        String[] version = System.getProperty("os.version").split("[.-]");
        int major = Integer.parseInt(version[0]);
        return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 11);
    }

    /** Runs the script; every process it leaves ends with it. {@return everything it printed} */
    String run() {
        return Command.of("bash", "-c", script.toString())
                .under("unshare", "-npf", "--mount-proc", "--kill-child")
                .timeout(Duration.ofMinutes(10))
                .run()
                .out();
    }
}
