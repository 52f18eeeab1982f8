package io.wherry.cli.run;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Environment;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ExecSpec;
import io.wherry.kernel.launch.CommandLauncher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was asked of {@code exec}: docker's spelling and meaning. */
public final class ExecWords {
    private final ExecSpec.Builder spec = new ExecSpec.Builder();
    private final List<String> environment = new ArrayList<>();
    private final List<String> environmentFiles = new ArrayList<>();

    /** The keys that leave its terminal. */
    public String detachKeys = CommandLauncher.DETACH_KEYS;

    /** {@return a new table of the options} */
    public static OptionTable<ExecWords> table() {
        return DetachKeys.option(
                new OptionTable<ExecWords>()
                        .flag("detach", 'd', "Do not stay with it", (w, v) -> w.spec.detached = v)
                        .flag("interactive", 'i', "Forward the input", (w, v) -> w.spec.interactive = v)
                        .flag("tty", 't', "Give it a terminal", (w, v) -> w.spec.terminal = v)
                        .pairs(
                                "env",
                                'e',
                                "NAME[=VALUE]",
                                "A variable; NAME alone takes the caller's value",
                                (w, v) -> w.environment.add(v))
                        .files("env-file", "Variables from a file, one a line", (w, v) -> w.environmentFiles.add(v))
                        .text(
                                "user",
                                'u',
                                "USER[:GROUP]",
                                "Names or numbers, looked up in the container",
                                (w, v) -> w.spec.user = Optional.of(v))
                        .text(
                                "workdir",
                                'w',
                                "FOLDER",
                                "The folder it starts in",
                                (w, v) -> w.spec.workdir = Optional.of(RunOptions.absolute(v)))
                        .flag("privileged", NONE, "With all capabilities", (w, v) -> w.spec.privileged = v),
                (w, v) -> w.detachKeys = v);
    }

    /**
     * {@return what is asked of the engine}
     *
     * @param command the program and its arguments
     * @throws UsageException if a file cannot be understood
     */
    public ExecSpec asked(List<String> command, Environment caller, int misuse) {
        List<String> problems = new ArrayList<>();
        spec.env = new Variables(caller, new LineFiles(problems)).of(environmentFiles, environment);
        spec.command = command;
        if (!problems.isEmpty()) {
            throw new UsageException("exec", problems, misuse);
        }
        return spec.build();
    }
}
