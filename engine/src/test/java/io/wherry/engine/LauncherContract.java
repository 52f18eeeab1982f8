package io.wherry.engine;

import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.host.HostProbe;
import io.wherry.kernel.launch.Launcher;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.Assembler;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.OpenFolder;
import io.wherry.kernel.step.Plan;
import io.wherry.kernel.tree.Attributes;
import io.wherry.kernel.tree.TreeSession;
import io.wherry.kernel.tree.TreeStream;
import io.wherry.kernel.tree.TreeTarget;
import io.wherry.kernel.tree.WalledPilots;
import io.wherry.store.layer.Prover;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What every {@link Launcher} does. It needs no test framework, so that it can also run in a JVM whose parent is the launcher. */
final class LauncherContract {
    private static final int AT_ONCE = 24;
    private static final int TREES = 6; // the launcher of a command has four at once
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private LauncherContract() {}

    /** One behaviour, on a launcher, with an empty folder. */
    interface Body {
        void run(Launcher launcher, Path folder) throws Exception;
    }

    /** A behaviour and what it is called. */
    record Check(String name, Body body) {}

    static List<Check> all() {
        return List.of(
                new Check("aProgramIsRunAndWhatItFoundComesBack", LauncherContract::result),
                new Check("aFileThatAProgramReadsComesBackWhole", LauncherContract::data),
                new Check("aFailureNamesTheStepAndTheErrno", LauncherContract::failure),
                new Check("manyTasksRunAtOnce", LauncherContract::many),
                new Check("aDetachedProgramGoesOn", LauncherContract::detached),
                new Check("aTreeIsWritten", LauncherContract::tree),
                new Check("treesOfSeveralThreadsDoNotMix", LauncherContract::trees),
                new Check("aTreeThatIsGivenUpLeavesNobody", LauncherContract::givenUp),
                new Check("aTreeThatFailsIsSeenByItsWriter", LauncherContract::broken));
    }

    private static void require(boolean holds, Object what) {
        if (!holds) {
            throw new AssertionError(String.valueOf(what));
        }
    }

    private static void result(Launcher launcher, Path folder) {
        HostFacts facts = HostProbe.probe(launcher);
        require(HostProbe.probe(launcher).equals(facts), facts);
    }

    private static void data(Launcher launcher, Path folder) throws IOException {
        String users = "root:x:0:0::/:/bin/sh\n".repeat(2_000);
        Files.createDirectory(folder.resolve("etc"));
        Files.writeString(folder.resolve("etc/passwd"), users);
        AccountFiles accounts = AccountFiles.read(launcher, List.of(folder.toString()));
        require(new String(accounts.passwd(), StandardCharsets.UTF_8).equals(users), accounts.passwd().length);
        require(accounts.group().length == 0, accounts.group().length);
    }

    private static KernelProgram opens(Path folder) {
        Plan plan = new Plan();
        plan.add(Assembler.PILOT, new OpenFolder(folder.toString(), plan.slot("folder")));
        return plan.compile(KernelProgram.PROBE);
    }

    private static void failure(Launcher launcher, Path folder) {
        TaskResult result = launcher.task(opens(folder.resolve("none")), Assembler.PILOT);
        require(!result.ok() && result.status() == 1, result);
        require(result.failure().orElseThrow().errnoName().equals("ENOENT"), result);
        require(result.failure().orElseThrow().step() == 0, result);
    }

    private static void many(Launcher launcher, Path folder) throws Exception {
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                boolean there = i % 2 == 0;
                all.add(threads.submit(() -> {
                    Path path = there ? folder : folder.resolve("none");
                    TaskResult result = launcher.task(opens(path), Assembler.PILOT);
                    require(result.ok() == there, result);
                }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    private static void detached(Launcher launcher, Path folder) throws Exception {
        Path layer = Files.createDirectory(folder.resolve("layer"));
        new DetachedProver(launcher).prove(List.of(layer));
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!Files.exists(layer.resolve(Prover.FILE))) {
            require(System.nanoTime() < end, "it is not proved");
            Thread.sleep(2);
        }
    }

    private static void write(Launcher launcher, HostFacts facts, Path spill, Path tree, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (TreeSession session = new WalledPilots(launcher, facts).open(TreeTarget.plain(tree));
                TreeStream out = new TreeStream(session, TreeStream.Parents.MAKE, spill)) {
            out.file("a/b", new Attributes(0644, 0, 0, 0, 0), List.of(), bytes.length, false);
            out.data(bytes, 0, bytes.length);
            out.endFile();
            out.finish();
        }
    }

    private static void tree(Launcher launcher, Path folder) throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        String text = "as it was said\n".repeat(300_000); // more than any pipe or socket holds
        write(launcher, HostProbe.probe(launcher), folder.resolve("spill"), tree, text);
        require(Files.readString(tree.resolve("a/b")).equals(text), Files.size(tree.resolve("a/b")));
    }

    private static void trees(Launcher launcher, Path folder) throws Exception {
        HostFacts facts = HostProbe.probe(launcher);
        List<Future<?>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < TREES; i++) {
                Path tree = Files.createDirectory(folder.resolve("tree" + i));
                String text = tree.toString().repeat(20_000);
                all.add(threads.submit(() -> {
                    write(launcher, facts, folder.resolve(tree.getFileName() + ".spill"), tree, text);
                    require(Files.readString(tree.resolve("a/b")).equals(text), tree);
                    return null;
                }));
            }
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    private static void givenUp(Launcher launcher, Path folder) throws IOException {
        HostFacts facts = HostProbe.probe(launcher);
        for (int i = 0; i < TREES; i++) { // each frees what it had
            Path tree = Files.createDirectory(folder.resolve("tree" + i));
            try (TreeSession session = new WalledPilots(launcher, facts).open(TreeTarget.plain(tree))) {
                session.operations().write(new byte[100], 0, 3);
            }
        }
        Path whole = Files.createDirectory(folder.resolve("whole"));
        write(launcher, facts, folder.resolve("spill"), whole, "text");
        require(Files.readString(whole.resolve("a/b")).equals("text"), whole);
    }

    private static void broken(Launcher launcher, Path folder) throws IOException {
        HostFacts facts = HostProbe.probe(launcher);
        try (TreeSession session = new WalledPilots(launcher, facts).open(TreeTarget.plain(folder))) {
            boolean seen = false;
            long end = System.nanoTime() + PATIENCE_NANOS;
            OutputStream operations = session.operations();
            while (!seen) {
                require(System.nanoTime() < end, "nobody reads, and no write fails");
                try {
                    operations.write(new byte[1 << 16]); // no stream begins so
                } catch (IOException e) {
                    seen = true;
                }
            }
            session.replies().readAllBytes(); // has an end
        }
    }
}
