package io.wherry.cli.command;

import io.wherry.cli.output.Human;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Engine;
import io.wherry.engine.MountedRoot;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens the root of a container or an image as a folder, or lists those that are open. */
final class MountCommand extends Command<Listing.Words> {
    private static final Listing LISTING = new Listing(
            JsonObject.builder()
                    .put("Kind", "KIND")
                    .put("ID", "ID")
                    .put("Name", "NAME")
                    .put("Path", "PATH")
                    .put("Access", "ACCESS")
                    .build(),
            List.of("Kind", "ID", "Name", "Access", "Path"));

    @Override
    public Row row() {
        return new Row(
                "mount",
                List.of("container mount", "image mount"),
                Row.Section.CONTAINERS,
                Row.Cache.HOT,
                new Operands("[NAME [FOLDER]]", 0, 2, false, Operands.Complete.CONTAINERS),
                "Open the root of a container or an image as a folder, or list those that are",
                List.of("ls $(wherry mount web)/etc", "wherry mount debian:12 ./look", "wherry mount"));
    }

    @Override
    public OptionTable<Listing.Words> options() {
        return Listing.options(new OptionTable<>(), "ids");
    }

    @Override
    public Listing.Words words() {
        return new Listing.Words();
    }

    @Override
    public int run(Session session, Listing.Words words, List<String> operands) {
        Engine engine = session.engine();
        if (!operands.isEmpty()) {
            Optional<Path> folder = operands.size() > 1 ? Optional.of(folder(operands.get(1))) : Optional.empty();
            session.out().print(engine.mount(operands.get(0), folder) + "\n");
            return 0;
        }
        List<JsonObject> rows = new ArrayList<>();
        for (MountedRoot mounted : engine.mounted()) {
            for (Path path : mounted.paths()) {
                rows.add(row(mounted, path, words.wide));
            }
        }
        LISTING.print(session.out(), rows, words);
        return 0;
    }

    private static JsonObject row(MountedRoot mounted, Path path, boolean wide) {
        return JsonObject.builder()
                .put("Kind", mounted.kind())
                .put("ID", wide ? mounted.id() : Human.shortId(mounted.id()))
                .put("Name", mounted.name())
                .put("Path", path.toString())
                .put("Access", mounted.readOnly() ? "ro" : "rw")
                .build();
    }

    private static Path folder(String word) {
        try {
            Path folder = Path.of(word).toRealPath();
            if (Files.isDirectory(folder) && folder.getParent() != null) {
                return folder;
            }
        } catch (IOException e) {
            // there is none
        }
        throw new WherryException(
                WherryException.Kind.INVALID,
                word + " is no folder that something could be mounted over.",
                "Make it with `mkdir`; without one, the folder is chosen and printed.");
    }
}
