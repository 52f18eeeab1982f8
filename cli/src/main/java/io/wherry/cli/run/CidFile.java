package io.wherry.cli.run;

import io.wherry.engine.ContainerId;
import io.wherry.engine.CreationListener;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The file that is to hold a container's id: made empty before anything is done, so that two commands never share one, and filled before the start. */
public final class CidFile implements CreationListener, AutoCloseable {
    private final Path path;
    private boolean filled;

    private CidFile(Path path) {
        this.path = path;
    }

    /**
     * Makes the file.
     *
     * @throws WherryException of kind ALREADY_EXISTS if there is one
     */
    public static CidFile reserve(String file) {
        Path path = Path.of(file);
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new WherryException(
                    WherryException.Kind.ALREADY_EXISTS,
                    "The file `" + file + "` of `--cidfile` is there already.",
                    "Make sure that the container it names is not needed, and delete the file, or name another one.");
        } catch (NoSuchFileException e) {
            throw new WherryException(
                    WherryException.Kind.NOT_FOUND, "There is no folder for the file `" + file + "` of `--cidfile`.");
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
        return new CidFile(path);
    }

    @Override
    public void created(ContainerId id) {
        try {
            Files.writeString(path, id.text(), StandardOpenOption.WRITE);
            filled = true;
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }

    private static WherryException cannotWrite(Path path, IOException e) {
        return new WherryException(
                WherryException.Kind.DENIED, "Cannot write the file `" + path + "` of `--cidfile`.", e);
    }

    /** Takes the file away again if there is no container. */
    @Override
    public void close() {
        try {
            if (!filled) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw cannotWrite(path, e);
        }
    }
}
