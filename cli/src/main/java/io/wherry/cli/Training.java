package io.wherry.cli;

import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.Context;
import io.wherry.kernel.launch.TaskResult;
import io.wherry.kernel.program.KernelProgram;
import io.wherry.kernel.step.IdRange;
import io.wherry.kernel.step.Step;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs command lines so that an ahead-of-time cache knows their classes. No container is started: the launcher of these lines takes its
 * program and drops it.
 */
final class Training {
    private Training() {}

    /**
     * {@return 0, or 1 where a line failed, which is told}
     *
     * @param root state of the trained commands; train {@code full} first, so that the others find the image unpacked and do not learn how to unpack
     */
    static int run(String cache, Path root, Context context, CommandLauncher real, PrintStream err) {
        int failed = 0;
        forgetFacts(root, err);
        learnSteps(err);
        for (String[] line : lines(cache, root)) {
            failed |= needsOneThatRuns(line[0])
                    ? PretendedContainer.during(root, "trained", err, () -> run(root, context, line, real, err))
                    : run(root, context, line, real, err);
        }
        return failed;
    }

    private static boolean needsOneThatRuns(String command) {
        return switch (command) {
            case "exec", "stop", "kill", "pause", "wait" -> true;
            default -> false;
        };
    }

    /** So that each cache learns both: to find out what the host can, and to read it. */
    private static void forgetFacts(Path root, PrintStream err) {
        try {
            Files.deleteIfExists(root.resolve("volatile/facts"));
        } catch (IOException e) {
            err.println(e);
        }
    }

    /** Whoever trains is one user on one host; others' programs have other steps. */
    private static void learnSteps(PrintStream err) {
        try {
            Class.forName(IdRange.class.getName());
            for (Class<?> step : Step.class.getPermittedSubclasses()) {
                Class.forName(step.getName());
            }
        } catch (ClassNotFoundException e) {
            err.println(e);
        }
    }

    /** So that a folder is learnt with all that one can say. */
    private static void fillFolder(Path root, PrintStream err) {
        String config = """
                {"User": "nobody", "Hostname": "trained", "WorkingDir": "/", "Env": ["A=b"], "Entrypoint": ["/hello"],
                 "Cmd": ["x"], "Volumes": {"/data": {}, "/dev/null:/dev/nil": {}, "/usr:/src:ro": {}}, "net": true}""";
        try {
            Files.createDirectories(root.resolve("folder/rootfs/etc"));
            Files.writeString(root.resolve("folder/rootfs/etc/passwd"), "nobody:x:65534:65534::/:/bin/sh\n");
            Files.writeString(root.resolve("folder/config.json"), config);
        } catch (IOException e) {
            err.println(e);
        }
    }

    private static int run(Path root, Context context, String[] line, CommandLauncher real, PrintStream err) {
        List<String> words = new ArrayList<>(List.of("--root", root.toString()));
        words.addAll(List.of(line));
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        try {
            if (line[0].equals("run") && line[1].equals(root + "/folder")) {
                fillFolder(root, err);
            }
            int code = new Cli(context, Cli.CALLER, nowhere, err, new Dropping(real)).run(words);
            return code == 0
                            || List.of("pull", "push", "attach", "top", "clone", "check")
                                    .contains(line[0])
                            || List.of(line).contains("bwrap")
                    ? 0
                    : 1; // these may fail, and have learnt enough
        } catch (Launched e) {
            return 0;
        }
    }

    private static List<String[]> lines(String cache, Path root) {
        List<String[]> lines = new ArrayList<>(cache.equals("full") ? full(root) : List.of());
        lines.addAll(run(root));
        if (cache.equals("full")) {
            lines.addAll(trees(root));
        }
        if (!cache.equals("run")) {
            lines.addAll(hot());
        }
        return lines;
    }

    /** What people wait for. Every option that is a line of its own in `run` should be in one of these. */
    private static List<String[]> run(Path root) {
        return List.of(
                words("run", "--rm", "--rootfs", "/:O", "true"),
                words(
                        "run",
                        "-d",
                        "--name",
                        "trained",
                        "-m",
                        "64m",
                        "--memory-swap",
                        "1g",
                        "--cpus",
                        "0.5",
                        "--pids-limit",
                        "100",
                        "--read-only",
                        "--tmpfs",
                        "/tmp:size=1m",
                        "-v",
                        "/usr:/src:ro",
                        "-w",
                        "/",
                        "-e",
                        "A=b",
                        "-e",
                        "PATH",
                        "--cap-drop",
                        "ALL",
                        "--cap-add",
                        "CHOWN",
                        "--init",
                        "-h",
                        "box",
                        "-l",
                        "a=b",
                        "--ulimit",
                        "nofile=64:64",
                        "--network",
                        "none",
                        "--security-opt",
                        "no-new-privileges",
                        "--rootfs",
                        "/",
                        "true"),
                words("dev", "--rootfs", "/:O", "true"),
                words("run", "--network", "host", "--privileged", "--rootfs", "/:O", "true"),
                words("run", "--unshare", "mount,uts", "--rootfs", "/:O", "true"),
                words("run", "--rm", "hello"),
                words("run", "-d", "--name", "boat", "-m", "64m", "hello"),
                words("clone", "boat"),
                words("run", root + "/folder"),
                words("run", "--rw", "-n", "-u", "1000", root + "/folder", "true"),
                words("run", "--runtime", "bwrap", root + "/folder")); // fails where there is no bwrap
    }

    private static List<String[]> hot() {
        return List.of(
                words("images"),
                words("volume", "create", "trained"),
                words("volume", "ls"),
                words("volume", "inspect", "trained"),
                words("ps", "-a"),
                words("ps", "-aq", "--filter", "name=x"),
                words("ps", "-a", "--format", "{{.Names}} {{json .ID}}"),
                words("logs", "-t", "-n", "10", "--since", "1h", "trained"),
                words("inspect", "trained"),
                words("inspect", "-f", "{{.State.Status}} {{range .Mounts}}{{.Source}}{{end}}", "trained"),
                words("attach", "trained"),
                words("top", "trained"),
                words("stats", "-a", "--no-stream"),
                words("history", "hello"),
                words("explain", "run", "--rootfs", "/:O", "true"),
                words("exec", "trained", "true"),
                words("exec", "-d", "-e", "A=b", "-w", "/tmp", "--privileged", "trained", "true"),
                words("stop", "-t", "1", "trained"),
                words("kill", "trained"),
                words("pause", "trained"),
                words("wait", "trained"),
                words("create", "--name", "made", "--network", "none", "--rootfs", "/:O", "true"),
                words("start", "made"),
                words("rename", "made", "crate"),
                words("rm", "trained", "crate"),
                words("mount"),
                words("diff", "boat"),
                words("system", "df"),
                words("rm", "boat"),
                words("events", "--since", "1h", "--until", "0s"),
                words("events", "--since", "1h", "--until", "0s", "--json", "--filter", "event=create"),
                words("info"),
                words("version"),
                words("help"),
                words("run", "--help"));
    }

    /** What reads and makes trees, with what `run` has left. */
    private static List<String[]> trees(Path root) {
        return List.of(
                words("export", "-o", root + "/exported.tar", "boat"),
                words("cp", "boat:/hello", root + "/copied"),
                words("cp", root + "/copied", "boat:/copied"),
                words("commit", "-c", "CMD [\"/hello\"]", "boat", "trained/image"),
                words("save", "-o", root + "/saved.tar", "trained/image"),
                words("rmi", "trained/image"),
                words("load", "-i", root + "/saved.tar"),
                words("check"));
    }

    private static List<String[]> full(Path root) {
        return List.of(
                words("doctor"),
                words("pull", "127.0.0.1:1/nobody/listens"), // fails, and has learnt the registry client's classes
                words("tag", "hello", "127.0.0.1:1/nobody/hello"),
                words("push", "127.0.0.1:1/nobody/hello"), // fails too
                words("pull", "-q", "hello", root + "/folder"), // which the others run
                words("completion", "bash"));
    }

    private static String[] words(String... words) {
        return words;
    }

    /** A program was handed over: the end of a line that starts a container. */
    private static final class Launched extends Error {
        private static final long serialVersionUID = 1L;

        Launched() {
            super("launched", null, false, false);
        }
    }

    /** Takes containers' programs and drops them; what images need is done. */
    private record Dropping(CommandLauncher real) implements CommandLauncher {
        @Override
        public void launch(KernelProgram program, String id, int flags, String detachKeys) {
            throw new Launched();
        }

        @Override
        public void attach(Path socket, int flags, String detachKeys) {
            throw new Launched();
        }

        @Override
        public void leave(int code) {
            throw new Launched();
        }

        @Override
        public TaskResult task(KernelProgram program, int strand) {
            if ((program.flags() & KernelProgram.STARTS_CONTAINER) != 0 && strand == 0) {
                throw new Launched();
            }
            return real.task(program, strand);
        }

        @Override
        public void detach(KernelProgram program) {
            real.detach(program);
        }

        @Override
        public TreeTask tree(KernelProgram program) {
            return real.tree(program);
        }
    }
}
