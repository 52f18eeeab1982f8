package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.output.ArchiveOutput;
import io.wherry.cli.session.Session;
import io.wherry.cli.table.BadValueException;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ImageSave;
import io.wherry.store.archive.ArchiveFormat;
import java.nio.file.Path;
import java.util.List;

/** Saves images in an archive. */
final class SaveCommand extends Command<SaveCommand.Words> {
    /** What its options fill. */
    static final class Words {
        String output = "";
        ArchiveFormat format = ArchiveFormat.DOCKER;
    }

    @Override
    public Row row() {
        return new Row(
                "save",
                List.of("image save"),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("IMAGE [IMAGE...]", 1, Operands.MANY, false, Operands.Complete.IMAGES),
                "Save images in an archive",
                List.of(
                        "wherry save -o tools.tar tools:1 tools:2",
                        "wherry save tools | docker load",
                        "wherry save --format oci-dir -o ./layout tools"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text("output", 'o', "FILE", "Write to a file, which is there when it is whole", (w, v) -> w.output = v)
                .text(
                        "format",
                        NONE,
                        "FORMAT",
                        "docker, docker-archive, oci-archive or oci-dir",
                        (w, v) -> w.format = format(v));
    }

    private static ArchiveFormat format(String word) throws BadValueException {
        return switch (word) {
            case "docker" -> ArchiveFormat.DOCKER;
            case "docker-archive" -> ArchiveFormat.DOCKER_ARCHIVE;
            case "oci-archive" -> ArchiveFormat.OCI_ARCHIVE;
            case "oci-dir" -> ArchiveFormat.OCI_DIR;
            default -> throw BadValueException.wanted("`docker`, `docker-archive`, `oci-archive` or `oci-dir`", word);
        };
    }

    @Override
    public String notes() {
        return "`docker`, the default, is an OCI image layout with Docker's manifest.json beside it: every reader takes it. `docker-archive` has plain layers, for readers from before Docker 25.";
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        ImageSave save = session.engine().save(operands);
        if (words.format == ArchiveFormat.OCI_DIR) {
            if (words.output.isEmpty()) {
                throw new UsageException("save", List.of("`--format oci-dir` needs a folder: `-o FOLDER`."), 1);
            }
            save.write(Path.of(words.output));
            return 0;
        }
        return ArchiveOutput.of(session, words.output).write(out -> save.write(words.format, out));
    }
}
