package io.wherry.cli;

import io.wherry.kernel.launch.Context;
import io.wherry.kernel.launch.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs command lines in this JVM, without launcher, and keeps what they print. */
public final class CommandLine {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final RecordingLauncher launcher = new RecordingLauncher();
    private int code;

    public CommandLine with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public CommandLine run(String... words) {
        code = cli().run(List.of(words));
        return this;
    }

    /** What the launcher asks for when a container's program has failed. */
    CommandLine report(String id, Failure failure, String... words) {
        code = cli().report(id, failure, List.of(words));
        return this;
    }

    private Cli cli() {
        Context context = new Context(0, 100, 40, 022, 0, caller(), "/opt/wherry/bin/wherry");
        return new Cli(context, environment::get, print(out), print(err), launcher);
    }

    /** As the launcher words it; nothing about this host changes while a test runs. */
    private static String caller() {
        try {
            int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return uid + "." + uid + "." + (uid == 0 ? 1 : 0) + ".1";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** {@return the programs handed over} */
    public List<RecordingLauncher.Launch> launches() {
        return launcher.launches();
    }

    public int code() {
        return code;
    }

    /** {@return what a terminal would show, with the exit code below; for lines that end before they come to a store: there is none} */
    static String transcript(String... words) {
        CommandLine line = new CommandLine()
                .with("WHERRY_ROOT", "/proc/none")
                .with("WHERRY_STATE", "/proc/none")
                .run(words);
        return "$ wherry " + String.join(" ", words) + "\n" + line.out() + line.err() + "exit " + line.code() + "\n";
    }
}
