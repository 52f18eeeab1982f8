package io.wherry.cli.session;

import io.wherry.engine.CommandEngine;
import io.wherry.engine.KeptFacts;
import io.wherry.engine.StateRoot;
import io.wherry.kernel.host.Caller;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.Context;
import io.wherry.oci.WherryException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one command finds around it. Results go to {@link #out}, progress and failures to {@link #err}.
 *
 * @param context what the launcher saw: terminal, size, umask
 * @param globals the options before the command
 * @param environment the caller's variables
 * @param launcher what runs programs
 */
public record Session(
        Context context,
        Globals globals,
        Environment environment,
        PrintStream out,
        PrintStream err,
        CommandLauncher launcher) {

    /** {@return columns of the caller's terminal; 0 unknown} */
    public int width() {
        return context.width();
    }

    /** {@return the engine on the root that the words and the environment name; commands that need none do not ask} */
    public CommandEngine engine() {
        return engine(false);
    }

    /** {@return the same with facts of the host that are found out anew} */
    public CommandEngine engineAnew() {
        return engine(true);
    }

    private CommandEngine engine(boolean anew) {
        Caller caller = Caller.parse(context.caller());
        StateRoot root = StateRoot.choose(
                caller.uid(), caller.systemRoot(), folder("--root", globals.root), folder("--state", globals.state));
        HostFacts facts = anew ? KeptFacts.renew(root, caller, launcher) : KeptFacts.find(root, caller, launcher);
        Path self = Path.of(context.self()).toAbsolutePath();
        Path builtIn = self.resolveSibling("../lib/images").normalize();
        return CommandEngine.open(
                root, facts, launcher, builtIn, globals.storageDriver == null ? "" : globals.storageDriver);
    }

    private static Optional<Path> folder(String option, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new WherryException(WherryException.Kind.INVALID, "The folder of `" + option + "` has no name.");
        }
        return Optional.of(Path.of(text));
    }
}
