package io.wherry.engine.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The files of a log, or of a journal, while they are renamed under their reader. A file that is held open keeps its identity, so one's place is found again by it; and what was opened by a name counts
 * only if its neighbour has not moved meanwhile.
 */
final class LogChain {
    private static final int FILES_MOST = 1001;

    private final Path folder;
    private final String name;
    private final LogFormat format;
    private boolean gap;

    /** Files {@code name}, {@code name.1}, … of a folder. */
    LogChain(Path folder, String name, LogFormat format) {
        this.folder = folder;
        this.name = name;
        this.format = format;
    }

    private Path path(int number) {
        return folder.resolve(number == 0 ? name : name + "." + number);
    }

    private @Nullable Object identity(int number) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path(number), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile() ? attributes.fileKey() : null;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Asked in one call, since in the middle of a rotation a file may be there for one question and not for the next. */
    private static boolean isDenied(Path path) throws IOException {
        try {
            path.getFileSystem().provider().checkAccess(path, AccessMode.READ);
            return false;
        } catch (AccessDeniedException e) {
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** {@return the file that has this number now; null: there is none, or it changed this moment} */
    private @Nullable LogFile open(int number) throws IOException {
        Object before = identity(number);
        if (before == null) {
            return null;
        }
        RandomAccessFile file;
        try {
            file = new RandomAccessFile(path(number).toFile(), "r");
        } catch (FileNotFoundException e) {
            if (isDenied(path(number))) {
                throw e;
            }
            return null; // gone, and perhaps there again
        }
        if (before.equals(identity(number))) {
            return new LogFile(file, before, format);
        }
        file.close();
        return null;
    }

    /** {@return the number that a file has now; -1: it has been rotated away} */
    private int number(LogFile file) throws IOException {
        for (int number = 0; number < FILES_MOST; number++) {
            if (file.identity().equals(identity(number))) {
                return number;
            }
            if (isEnd(number)) {
                return -1;
            }
        }
        return -1;
    }

    /** One name may be missing: in the middle of a rotation, or after one that was cut short. */
    private boolean isEnd(int number) throws IOException {
        return identity(number + 1) == null && identity(number + 2) == null;
    }

    /** {@return the file that is being written; null: there is none yet} */
    @Nullable
    LogFile newest() throws IOException {
        while (true) {
            LogFile file = open(0);
            if (file == null) {
                file = open(1);
            }
            if (file != null || (identity(0) == null && isEnd(0))) {
                return file;
            }
        }
    }

    /** {@return the oldest file; null: there is none} */
    @Nullable
    LogFile oldest() throws IOException {
        while (true) {
            int number = 0;
            while (number < FILES_MOST && !isEnd(number)) {
                number++;
            }
            LogFile file = open(number);
            boolean none = file == null && number == 0 && identity(0) == null;
            // A rotation between the search and the opening has put another file behind this name, and one behind it.
            if (none || (file != null && isEnd(number) && file.identity().equals(identity(number)))) {
                return file;
            }
            close(file);
        }
    }

    /** {@return the file before one; null: that is the oldest} */
    @Nullable
    LogFile older(LogFile file) throws IOException {
        while (true) {
            int number = number(file);
            if (number < 0) {
                return null;
            }
            LogFile older = either(number + 1, number + 2);
            if (older == null ? isEnd(number) : file.identity().equals(identity(number))) {
                return older;
            }
            close(older);
        }
    }

    /**
     * {@return the file behind one; the same if it is still the one that is written; null: it is not there yet}
     *
     * <p>If the file itself has been rotated away, that is the oldest that is left, and {@link #gap} tells.
     */
    @Nullable
    LogFile newer(LogFile file) throws IOException {
        while (true) {
            int number = number(file);
            if (number == 0) {
                return file;
            }
            LogFile newer = number < 0 ? oldest() : either(number - 1, number - 2);
            boolean sure = number < 0 ? number(file) < 0 : file.identity().equals(identity(number));
            if (sure && (newer != null || number <= 1)) {
                gap |= number < 0 && !isEnd(0); // where a single file is kept the next one follows
                return newer;
            }
            close(newer);
        }
    }

    private @Nullable LogFile either(int number, int other) throws IOException {
        LogFile file = open(number);
        return file != null || other < 0 ? file : open(other);
    }

    /** {@return whether a file has not been rotated away} */
    boolean has(LogFile file) throws IOException {
        return number(file) >= 0;
    }

    /** {@return whether files may have gone unread since this was last asked} */
    boolean gap() {
        boolean was = gap;
        gap = false;
        return was;
    }

    private static void close(@Nullable LogFile file) throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
