package io.wherry.engine.event;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Appends to the journal. What happened has happened also where there is no room to say so: a line that cannot be written is lost, and nobody fails for it. Safe for several threads and processes.
 */
public final class EventJournal {
    static final String NAME = "journal";
    private static final int MOST = 1 << 20;
    private static final int FILES = 4;

    private final Path folder;

    /** The journal in a folder, which exists. */
    public EventJournal(Path folder) {
        this.folder = folder;
    }

    /** Appends a line, by one write, so that lines of several writers do not mix. */
    public void append(byte[] line) {
        String journal = folder.resolve(NAME).toString();
        if (new File(journal).length() + line.length > MOST) {
            rotate(line.length);
        }
        try (FileOutputStream out = new FileOutputStream(journal, true)) {
            out.write(line);
        } catch (IOException e) {
            // see above
        }
    }

    /** If somebody else is at it, the line goes where there is no room any more; nobody waits. */
    private void rotate(int more) {
        Path lock = folder.resolve("lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held == null || Files.size(folder.resolve(NAME)) + more <= MOST) {
                return;
            }
            for (int number = FILES - 1; number > 0; number--) {
                String from = number == 1 ? NAME : NAME + "." + (number - 1);
                try {
                    Files.move(
                            folder.resolve(from), folder.resolve(NAME + "." + number), StandardCopyOption.ATOMIC_MOVE);
                } catch (NoSuchFileException e) {
                    // not so many yet
                }
            }
        } catch (IOException | OverlappingFileLockException e) {
            // the next writer tries again
        }
    }
}
