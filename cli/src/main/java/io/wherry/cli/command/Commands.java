package io.wherry.cli.command;

import io.wherry.cli.table.Command;
import io.wherry.cli.table.UsageException;
import io.wherry.oci.Nearest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds commands by name. Only the command that is asked for is made. */
public final class Commands {
    private static final String[] NAMES = {
        "run",
        "dev",
        "create",
        "clone",
        "start",
        "stop",
        "restart",
        "kill",
        "pause",
        "unpause",
        "wait",
        "exec",
        "ps",
        "rename",
        "update",
        "attach",
        "top",
        "stats",
        "logs",
        "cp",
        "diff",
        "commit",
        "export",
        "rm",
        "container prune",
        "mount",
        "umount",
        "inspect",
        "explain",
        "pull",
        "push",
        "load",
        "save",
        "import",
        "images",
        "history",
        "tag",
        "tags",
        "rmi",
        "image prune",
        "login",
        "logout",
        "volume create",
        "volume ls",
        "volume inspect",
        "volume rm",
        "volume prune",
        "network prune",
        "boot",
        "doctor",
        "check",
        "events",
        "info",
        "system df",
        "system prune",
        "runtimes",
        "version",
        "help",
        "completion",
    };

    private Commands() {}

    /** {@return the command with a name or an alias, of two words joined by a space in a group; null: there is none} */
    public static @Nullable Command<?> find(String name) {
        return switch (name) {
            case "run", "container run" -> new RunCommand();
            case "dev" -> new DevCommand();
            case "create", "container create" -> new CreateCommand();
            case "clone", "container clone" -> new CloneCommand();
            case "start", "container start" -> new StartCommand();
            case "stop", "container stop" -> new StopCommand(false);
            case "restart", "container restart" -> new StopCommand(true);
            case "kill", "container kill" -> new KillCommand();
            case "pause", "container pause" -> new PauseCommand(true);
            case "unpause", "container unpause" -> new PauseCommand(false);
            case "wait", "container wait" -> new WaitCommand();
            case "rename", "container rename" -> new RenameCommand();
            case "update", "container update" -> new UpdateCommand();
            case "container prune" -> new ContainerPruneCommand();
            case "boot" -> new BootCommand();
            case "exec", "container exec" -> new ExecCommand();
            case "attach", "container attach" -> new AttachCommand();
            case "ps", "container ls", "container list", "container ps" -> new PsCommand();
            case "top", "container top" -> new TopCommand();
            case "stats", "container stats" -> new StatsCommand();
            case "logs", "container logs" -> new LogsCommand();
            case "diff", "container diff" -> new DiffCommand();
            case "commit", "container commit" -> new CommitCommand();
            case "cp", "container cp" -> new CpCommand();
            case "export", "container export" -> new ExportCommand();
            case "rm", "container rm", "container remove" -> new RmCommand();
            case "mount", "container mount", "image mount" -> new MountCommand();
            case "umount", "unmount", "container umount", "image umount" -> new UmountCommand();
            case "inspect" -> new InspectCommand("");
            case "container inspect" -> new InspectCommand("container");
            case "image inspect" -> new InspectCommand("image");
            case "explain", "container explain" -> new ExplainCommand();
            case "pull", "image pull" -> new PullCommand();
            case "import", "image import" -> new ImportCommand();
            case "save", "image save" -> new SaveCommand();
            case "load", "image load" -> new LoadCommand();
            case "push", "image push" -> new PushCommand();
            case "tag", "image tag" -> new TagCommand();
            case "tags", "image tags" -> new TagsCommand();
            case "login" -> new LoginCommand();
            case "logout" -> new LogoutCommand();
            case "images", "image ls", "image list" -> new ImagesCommand();
            case "history", "image history" -> new HistoryCommand();
            case "rmi", "image rm", "image remove" -> new RmiCommand();
            case "volume create" -> new VolumeCreateCommand();
            case "volume ls", "volume list" -> new VolumeLsCommand();
            case "volume inspect" -> new VolumeInspectCommand();
            case "volume rm", "volume remove" -> new VolumeRmCommand();
            case "volume prune" -> new VolumePruneCommand();
            case "network prune" -> new NetworkPruneCommand();
            case "image prune" -> new ImagePruneCommand();
            case "system df" -> new SystemDfCommand();
            case "system prune" -> new SystemPruneCommand();
            case "check", "system check" -> new CheckCommand();
            case "doctor", "system doctor" -> new DoctorCommand();
            case "events", "system events" -> new EventsCommand();
            case "info", "system info" -> new InfoCommand();
            case "runtimes", "system runtimes" -> new RuntimesCommand();
            case "version" -> new VersionCommand();
            case "help" -> new HelpCommand();
            case "completion" -> new CompletionCommand();
            default -> null;
        };
    }

    /** {@return whether a second word belongs to the name} */
    public static boolean isGroup(String word) {
        return switch (word) {
            case "container", "image", "volume", "network", "system" -> true;
            default -> false;
        };
    }

    /** {@return every command, in the order of help} */
    public static List<Command<?>> all() {
        List<Command<?>> commands = new ArrayList<>();
        for (String name : NAMES) {
            Command<?> command = find(name);
            if (command != null) {
                commands.add(command);
            }
        }
        return commands;
    }

    /** {@return the refusal of a name that no command has} */
    public static UsageException unknown(String name) {
        List<String> names = new ArrayList<>();
        int space = name.indexOf(' ');
        String group = name.substring(0, space + 1);
        for (Command<?> command : all()) {
            if (group.isEmpty() || command.row().name().startsWith(group)) {
                names.add(command.row().name());
            }
            for (String alias : command.row().aliases()) {
                if (!group.isEmpty() && alias.startsWith(group)) {
                    names.add(alias);
                }
            }
        }
        String near = Nearest.of(name, names);
        String sentence = "There is no command `" + name + "`.";
        return new UsageException(
                group.strip(), List.of(near == null ? sentence : sentence + " Did you mean `" + near + "`?"), 1);
    }
}
