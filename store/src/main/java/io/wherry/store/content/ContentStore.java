package io.wherry.store.content;

import io.wherry.oci.Descriptor;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.disk.FullDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Blobs by digest. What is there under a digest has had that digest when it was stored, and its bytes were durable before it had its name; the name is when {@link #settle} returns. Safe for use by several threads and processes. */
public final class ContentStore {
    private static final byte[] LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.US_ASCII);

    private static final String LOCK = "store";

    /** How often it is tried to be alone: half a second in all. */
    private static final int PATIENCE = 50;

    private static final long TURN_NANOS = 10_000_000;

    private final Path folder;
    private final Path blobs;
    private final Path ingest;
    private final Durable durable;
    private final FileLocks locks;

    /** Uses the layout in {@code folder}, made when it is first written to. */
    public ContentStore(Path folder, Durable durable, FileLocks locks) {
        this.folder = folder;
        this.blobs = folder.resolve("blobs");
        this.ingest = folder.resolve("ingest");
        this.durable = durable;
        this.locks = locks;
    }

    void prepare() {
        if (!Files.exists(folder.resolve("oci-layout"))) {
            durable.folders(blobs.resolve("sha256"));
            durable.folders(ingest);
            durable.replace(folder.resolve("oci-layout"), LAYOUT);
        }
    }

    Path folder() {
        return folder;
    }

    /** {@return a lock under which nothing that is stored is removed: for who brings or reads it, and who makes a container of it until that is recorded} */
    public FileLocks.Held keep() {
        return locks.shared(LOCK);
    }

    /** {@return a lock under which nobody has {@link #keep}, for who removes what is stored; absent if somebody has it for longer than the making of a container takes} */
    public Optional<FileLocks.Held> alone() {
        Optional<FileLocks.Held> lock = locks.tryExclusive(LOCK);
        for (int i = 0; lock.isEmpty() && i < PATIENCE; i++) {
            LockSupport.parkNanos(TURN_NANOS);
            lock = locks.tryExclusive(LOCK);
        }
        return lock;
    }

    public boolean has(Digest digest) {
        return Files.isRegularFile(digest.in(blobs));
    }

    /** {@return the blob's bytes, in a stream that the caller closes; {@code NOT_FOUND}} */
    public InputStream open(Digest digest) {
        try {
            return Files.newInputStream(digest.in(blobs));
        } catch (IOException e) {
            throw Durable.failure("read the blob", digest.in(blobs), e);
        }
    }

    /** {@return whether a blob is there with the size that its descriptor says} */
    public boolean has(Descriptor blob) {
        return has(blob.digest()) && size(blob.digest()) == blob.size();
    }

    /** {@return whether a blob is there and still has its digest} It is read to its end. */
    public boolean isWhole(Digest digest) {
        MessageDigest hash = digest.algorithm().start();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = open(digest)) {
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                hash.update(buffer, 0, got);
            }
        } catch (IOException | WherryException e) {
            return false;
        }
        return Digest.finish(digest.algorithm(), hash).equals(digest);
    }

    /** {@return a whole small blob, verified again; damage is {@code CORRUPT}} */
    public byte[] read(Digest digest, int limit) {
        byte[] bytes = document(digest, limit);
        if (!digest.matches(bytes)) {
            throw damaged(digest);
        }
        return bytes;
    }

    /**
     * {@return a whole small blob as it is}
     *
     * <p>It was verified when it was stored, and is not again: every start of a container reads two, and the security providers alone would double the time
     * it takes.
     */
    public byte[] document(Digest digest, int limit) {
        byte[] bytes;
        try (InputStream in = open(digest)) {
            bytes = in.readNBytes(limit + 1);
        } catch (IOException e) {
            throw Durable.failure("read the blob", digest.in(blobs), e);
        }
        if (bytes.length > limit) {
            throw damaged(digest);
        }
        return bytes;
    }

    private static WherryException damaged(Digest digest) {
        return new WherryException(
                Kind.CORRUPT,
                "The stored blob " + digest + " is damaged: its bytes have another digest.",
                "Pull the image again.");
    }

    /** Stores a small document. */
    public void put(Digest digest, byte[] bytes) {
        if (!digest.matches(bytes)) {
            throw new WherryException(Kind.CORRUPT, "The document that should be " + digest + " has another digest.");
        }
        if (size(digest) == bytes.length && isWhole(digest)) {
            return;
        }
        prepare();
        durable.folders(blobs.resolve(digest.algorithm().word()));
        durable.write(digest.in(blobs), bytes);
    }

    /** Makes the names of all blobs that were stored so far durable, which comes before a reference to them. */
    void settle() {
        for (Path each : algorithms()) {
            durable.settle(each);
        }
    }

    private List<Path> algorithms() {
        List<Path> out = new ArrayList<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            Path each = blobs.resolve(algorithm.word());
            if (Files.isDirectory(each)) {
                out.add(each);
            }
        }
        return out;
    }

    /** {@return a blob being written, at the length that an earlier attempt reached; waits while another process writes the same} */
    public Ingest ingest(Descriptor blob) {
        prepare();
        Digest digest = blob.digest();
        durable.folders(blobs.resolve(digest.algorithm().word()));
        FileLocks.Held lock = locks.exclusive("blob-" + digest.hex());
        try {
            return new Ingest(blob, partial(digest), digest.in(blobs), durable, lock);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Gives a blob's bytes to whoever ingests it next, as if an earlier attempt had left them: they are verified there. The file stays, and its bytes must not be changed any more.
     *
     * @param file on the store's filesystem
     */
    public void offer(Descriptor blob, Path file) {
        prepare();
        Path partial = partial(blob.digest());
        try (FileLocks.Held _ = locks.exclusive("blob-" + blob.digest().hex())) {
            Files.deleteIfExists(partial);
            Files.createLink(partial, file);
        } catch (IOException e) {
            throw Durable.failure("write the blob", partial, e);
        }
    }

    /** Takes back what was offered and not wanted; none is success. */
    public void withdraw(Descriptor blob) {
        Optional<FileLocks.Held> lock =
                locks.tryExclusive("blob-" + blob.digest().hex());
        if (lock.isPresent()) { // else it is wanted
            try (FileLocks.Held _ = lock.get()) {
                durable.delete(partial(blob.digest()));
            }
        }
    }

    /** {@return how many bytes of a blob are still to come} */
    public long missing(Descriptor blob) {
        if (has(blob)) {
            return 0;
        }
        try {
            Path partial = partial(blob.digest());
            return Math.max(0, blob.size() - (Files.exists(partial) ? Files.size(partial) : 0));
        } catch (IOException e) {
            return blob.size(); // it was finished, or removed, meanwhile
        }
    }

    private Path partial(Digest digest) {
        return ingest.resolve(digest.algorithm().word() + "-" + digest.hex());
    }

    /** Throws {@code UNAVAILABLE} unless there is room for what is to be written: see {@link FullDisk#requireFor}. */
    public void requireRoom(String what, long bytes, long kept) {
        FullDisk.requireFor(what, folder, bytes, kept);
    }

    /** {@return all blobs, in no order} */
    public List<Digest> list() {
        List<Digest> out = new ArrayList<>();
        for (Path each : algorithms()) {
            try (DirectoryStream<Path> names = Files.newDirectoryStream(each)) {
                for (Path name : names) {
                    Digest.tryParse(each.getFileName() + ":" + name.getFileName())
                            .ifPresent(out::add);
                }
            } catch (IOException e) {
                throw Durable.failure("list", each, e);
            }
        }
        return out;
    }

    /** Removes a blob; none is success. After a loss of power it may be there again, whole, and is collected once more. */
    public void remove(Digest digest) {
        durable.delete(digest.in(blobs));
    }

    /** {@return the size in bytes, 0 if there is none} */
    public long size(Digest digest) {
        try {
            return has(digest) ? Files.size(digest.in(blobs)) : 0;
        } catch (IOException e) {
            throw Durable.failure("measure", digest.in(blobs), e);
        }
    }

    /** Removes downloads that nobody goes on with, and documents that were not written to their end. Nobody may {@link #put} meanwhile. */
    public void removePartial() {
        algorithms().forEach(durable::sweep);
        if (!Files.isDirectory(ingest)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(ingest)) {
            for (Path file : files) {
                String hex = file.getFileName().toString().replaceFirst("^[a-z0-9]*-", "");
                locks.tryExclusive("blob-" + hex).ifPresent(lock -> {
                    try (lock) {
                        durable.delete(file);
                    }
                });
            }
        } catch (IOException e) {
            throw Durable.failure("list", ingest, e);
        }
    }
}
