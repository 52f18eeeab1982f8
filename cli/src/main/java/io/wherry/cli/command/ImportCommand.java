package io.wherry.cli.command;

import static io.wherry.cli.table.Option.NONE;

import io.wherry.cli.session.Session;
import io.wherry.cli.table.Command;
import io.wherry.cli.table.Operands;
import io.wherry.cli.table.OptionTable;
import io.wherry.cli.table.Row;
import io.wherry.engine.Image;
import io.wherry.engine.ImportSpec;
import io.wherry.oci.ImageReference;
import io.wherry.oci.Platform;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes an image from an archive of files. */
final class ImportCommand extends Command<ImportCommand.Words> {
    /** What its options fill. */
    static final class Words {
        final List<String> changes = new ArrayList<>();

        @Nullable
        String message;

        @Nullable
        String platform;
    }

    @Override
    public Row row() {
        return new Row(
                "import",
                List.of("image import"),
                Row.Section.IMAGES,
                Row.Cache.FULL,
                new Operands("FILE|- [NAME[:TAG]]", 1, 2, false, Operands.Complete.NOTHING),
                "Make an image from an archive of files",
                List.of(
                        "wherry import rootfs.tar.gz tools:1",
                        "wherry export web | wherry import -c 'CMD [\"/bin/sh\"]' -c 'USER app' - web:copy"));
    }

    @Override
    public OptionTable<Words> options() {
        return new OptionTable<Words>()
                .text(
                        "change",
                        'c',
                        "INSTRUCTION",
                        "An instruction of a Dockerfile; may be repeated",
                        (w, v) -> w.changes.add(v))
                .text("message", 'm', "TEXT", "What the image's history says", (w, v) -> w.message = v)
                .text("platform", NONE, "OS/ARCH", "What it is for (default: this host)", (w, v) -> w.platform = v);
    }

    @Override
    public Words words() {
        return new Words();
    }

    @Override
    public int run(Session session, Words words, List<String> operands) {
        String from = operands.getFirst();
        Optional<ImageReference> name =
                operands.size() > 1 ? Optional.of(ImageReference.parse(operands.get(1))) : Optional.empty();
        ImportSpec spec = new ImportSpec(
                name,
                Optional.ofNullable(words.platform).map(Platform::parse),
                words.changes,
                words.message == null ? "Imported from " + from : words.message);
        List<String> notes = new ArrayList<>();
        try (InputStream archive = open(session, from)) {
            Image image = session.engine().importImage(archive, spec, notes);
            session.out().print(image.id() + "\n");
        } catch (IOException e) {
            throw new WherryException(
                    WherryException.Kind.UNAVAILABLE, "Cannot read `" + from + "`: " + e.getMessage() + ".", e);
        }
        Pulls.tell(session, notes);
        return 0;
    }

    private static InputStream open(Session session, String from) throws IOException {
        if (from.equals("-")) {
            return StandardInput.archive(session, "Give it a file: `wherry import FILE NAME`.");
        }
        if (from.contains("://")) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "`" + from + "` is a URL, and nothing is fetched that could not be verified.",
                    "Fetch it by other means: `curl -fL " + from + " | wherry import - NAME`.");
        }
        try {
            return Files.newInputStream(Path.of(from));
        } catch (NoSuchFileException e) {
            throw new WherryException(WherryException.Kind.NOT_FOUND, "There is no file `" + from + "` to import.", e);
        }
    }
}
