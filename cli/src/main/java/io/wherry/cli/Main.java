package io.wherry.cli;

import io.wherry.kernel.launch.Context;
import io.wherry.kernel.launch.ParentLauncher;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The command's entry: the launcher's word, then the user's.
 *
 * <p>Two words are the launcher's and the build's own, and in no help: {@code --report ID [WORDS]} tells why the program of a
 * container failed (the user's words, if they follow, say on which root), {@code --train CACHE ROOT} runs what an ahead-of-time
 * cache is made from.
 */
public final class Main {
    private Main() {}

    /** Runs one command and has the launcher end this JVM. */
    public static void main(String[] arguments) {
        // Not System.out: it writes in the locale's encoding, which may not have the characters.
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        ParentLauncher launcher = new ParentLauncher();
        Context context = Context.parse(arguments[0]);
        List<String> words = Arrays.asList(arguments).subList(1, arguments.length);
        int code;
        if (words.size() >= 2 && words.getFirst().equals("--report")) {
            Cli cli = new Cli(context, Cli.CALLER, out, err, launcher);
            code = cli.report(words.get(1), launcher.reported(), words.subList(2, words.size()));
        } else if (words.size() == 3 && words.getFirst().equals("--train")) {
            code = Training.run(words.get(1), Path.of(words.get(2)), context, launcher, err);
        } else {
            code = new Cli(context, Cli.CALLER, out, err, launcher).run(words);
        }
        out.flush();
        launcher.leave(code);
    }
}
