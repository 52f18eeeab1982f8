package io.wherry.store.content;

import io.wherry.oci.Digest;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Blobs that no image needs: kept because they may be wanted again, and gone {@link #AGE} after they last were. Safe for use by several threads and processes.
 *
 * <p>When a blob was last wanted is the time of its file.
 */
public final class BlobCache {
    /** How long a blob is kept that nobody wants. */
    public static final Duration AGE = Duration.ofDays(30);

    private static final String LOCK = "cache";

    private final Path folder;
    private final ContentStore content;
    private final Durable durable;
    private final FileLocks locks;

    /** Uses the layout in {@code folder}, made when it is first written to. */
    public BlobCache(Path folder, Durable durable, FileLocks locks) {
        this.folder = folder;
        this.content = new ContentStore(folder, durable, locks);
        this.durable = durable;
        this.locks = locks;
    }

    /** {@return the blobs, to be used between {@link #use} and its end} */
    public ContentStore content() {
        return content;
    }

    /** {@return what keeps blobs from being removed, until it is closed} These are wanted now. */
    public FileLocks.Held use(List<Digest> wanted) {
        FileLocks.Held held = locks.shared(LOCK);
        for (Digest digest : wanted) {
            try {
                Files.setLastModifiedTime(digest.in(folder.resolve("blobs")), FileTime.from(Instant.now()));
            } catch (NoSuchFileException e) {
                // it is to come
            } catch (IOException e) {
                held.close();
                throw Durable.failure("use the cached blob", digest.in(folder.resolve("blobs")), e);
            }
        }
        return held;
    }

    /** Removes those of these that are not what they were when they were stored; {@return whether there were any}. */
    public boolean removeDamaged(List<Digest> suspects) {
        boolean found = false;
        for (Digest digest : suspects) {
            if (content.has(digest) && !content.isWhole(digest)) {
                content.remove(digest);
                found = true;
            }
        }
        return found;
    }

    /** Removes what is older than {@link #AGE}, whole or begun, unless somebody uses the cache. */
    public void age(Instant now) {
        Optional<FileLocks.Held> alone = locks.tryExclusive(LOCK);
        if (alone.isEmpty()) {
            return;
        }
        try (FileLocks.Held _ = alone.get()) {
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                age(folder.resolve("blobs").resolve(algorithm.word()), now);
            }
            age(folder.resolve("ingest"), now);
        }
    }

    /** Removes all that nobody uses now. {@return how many bytes that were} */
    public long clear() {
        long before = size();
        age(Instant.now().plus(AGE).plus(AGE)); // for which all is old
        return Math.max(0, before - size());
    }

    private long size() {
        long bytes = 0;
        for (Digest blob : content.list()) {
            bytes += content.size(blob);
        }
        return bytes;
    }

    private void age(Path blobs, Instant now) {
        if (!Files.isDirectory(blobs)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(blobs)) {
            for (Path file : files) {
                Instant wanted = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)
                        .toInstant();
                if (wanted.plus(AGE).isBefore(now)) {
                    durable.remove(file);
                }
            }
        } catch (IOException e) {
            throw Durable.failure("list", blobs, e);
        }
    }
}
