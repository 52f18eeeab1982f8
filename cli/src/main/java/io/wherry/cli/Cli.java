package io.wherry.cli;

import io.wherry.cli.command.Commands;
import io.wherry.cli.command.ExecCommand;
import io.wherry.cli.command.GlobalOptions;
import io.wherry.cli.command.Stays;
import io.wherry.cli.output.Complaint;
import io.wherry.cli.session.Environment;
import io.wherry.cli.session.Globals;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Parser;
import io.wherry.engine.Attachment;
import io.wherry.engine.CommandEngine;
import io.wherry.engine.FailureReport;
import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.kernel.launch.Context;
import io.wherry.kernel.launch.Failure;
import io.wherry.oci.WherryException;
import java.io.PrintStream;
import java.util.List;

/** One command line from words to exit code. Never ends the JVM; {@link Main} does. */
final class Cli {
    /** The variables of this process. One lambda for all who need it: the one that was trained is in the cache. */
    static final Environment CALLER = System::getenv;

    private final Context context;
    private final Environment environment;
    private final PrintStream out;
    private final PrintStream err;
    private final CommandLauncher launcher;

    Cli(Context context, Environment environment, PrintStream out, PrintStream err, CommandLauncher launcher) {
        this.context = context;
        this.environment = environment;
        this.out = out;
        this.err = err;
        this.launcher = launcher;
    }

    /** Does what the words say and returns the exit code; what goes wrong is told on the error stream. */
    int run(List<String> words) {
        Globals globals = GlobalOptions.words(environment);
        Command<?> command = null;
        try {
            Parser<Globals> parser = new Parser<>("", GlobalOptions.table(), GlobalOptions.OPERANDS, 1);
            List<String> rest = parser.parse(words, globals);
            Session session = new Session(context, globals, environment, out, err, launcher);
            if (globals.version && rest.isEmpty()) {
                rest = List.of("version");
            } else if (parser.askedForHelp() || rest.isEmpty()) {
                rest = List.of("help");
            }
            int length = nameLength(rest);
            String name = String.join(" ", rest.subList(0, length));
            command = Commands.find(name);
            if (command == null && Commands.isGroup(name)) {
                return group(session, name);
            }
            if (command == null) {
                throw Commands.unknown(name);
            }
            return command.call(session, rest.subList(length, rest.size()));
        } catch (WherryException e) {
            return Failures.tell(e, command, globals.debug, err);
        } catch (RuntimeException | StackOverflowError e) {
            return Failures.defect(e, command, globals.debug, err);
        }
    }

    /**
     * Tells why a container's program failed and returns the exit code of its command; where the host has changed since its facts were kept, the program is compiled and handed over
     * once more instead.
     *
     * @param id the container's
     * @param words the user's, which say on which root; may be empty
     */
    int report(String id, Failure failure, List<String> words) {
        Globals globals = GlobalOptions.words(environment);
        Command<?> run = Commands.find("run");
        try {
            List<String> rest =
                    new Parser<>("", GlobalOptions.table(), GlobalOptions.OPERANDS, 1).parse(words, globals);
            Session session = new Session(context, globals, environment, out, err, launcher);
            int length = rest.isEmpty() ? 0 : nameLength(rest);
            Command<?> command = Commands.find(String.join(" ", rest.subList(0, length)));
            List<String> line = rest.subList(length, rest.size());
            if (command instanceof ExecCommand exec) {
                return print(exec.report(session, line, failure));
            }
            CommandEngine engine =
                    session.engineAnew(); // what failed may have been compiled for facts that no longer hold
            if (engine.again(id, command instanceof Stays stays ? stays.attachment(line) : Attachment.WHOLE)) {
                return 0;
            }
            return print(engine.report(id, failure));
        } catch (WherryException e) {
            return Failures.tell(e, run, globals.debug, err);
        } catch (RuntimeException e) {
            return Failures.defect(e, run, globals.debug, err);
        }
    }

    private int print(FailureReport report) {
        Complaint.print(err, report.sentence(), report.hint());
        return report.exitCode();
    }

    /** How many words the command's name has: two in a group, unless the group stands alone or is asked for its help. */
    private static int nameLength(List<String> words) {
        boolean two = words.size() > 1 && Commands.isGroup(words.getFirst());
        return two && !words.get(1).startsWith("-") ? 2 : 1;
    }

    private static int group(Session session, String name) {
        Command<?> help = Commands.find("help");
        return help == null ? 1 : help.call(session, List.of(name));
    }
}
