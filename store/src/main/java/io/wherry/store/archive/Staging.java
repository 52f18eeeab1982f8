package io.wherry.store.archive;

import io.wherry.oci.ByteSize;
import io.wherry.oci.Digest;
import io.wherry.oci.WherryException;
import io.wherry.oci.WherryException.Kind;
import io.wherry.store.disk.Durable;
import io.wherry.store.disk.FileLocks;
import io.wherry.store.disk.FullDisk;
import io.wherry.store.layer.StoreSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files in a temporary folder of the store, each under a number; equal ones once. For one thread. Closing it removes them. */
public final class Staging implements AutoCloseable {
    /** So much is written before the disk is asked again. */
    private static final long ASKED_EACH = 64L << 20;

    private final StoreSpace space;
    private final StoreSpace.Temporary temporary;
    private final Map<Digest, Staged> files = new HashMap<>();
    private long untilAsked;
    private int number;

    /** Makes the folder. */
    public Staging(StoreSpace space) {
        this.space = space;
        this.temporary = space.temporary();
    }

    /** A file that is there. */
    public record Staged(Digest digest, long size, Path file) {}

    /** {@return the file with this digest, if there is one} */
    @Nullable
    Staged find(Digest digest) {
        return files.get(digest);
    }

    /** {@return a file in the making} */
    public Writing begin(Digest.Algorithm algorithm) {
        return new Writing(temporary.folder().resolve(Integer.toString(number++)), algorithm);
    }

    @Override
    public void close() {
        try (FileLocks.Held _ = temporary.lock()) {
            for (int i = 0; i < number; i++) {
                Files.deleteIfExists(temporary.folder().resolve(Integer.toString(i)));
            }
            Files.delete(temporary.folder());
        } catch (IOException e) {
            throw Durable.failure("remove", temporary.folder(), e);
        }
    }

    /** Takes bytes. Closing it without {@link #finish} removes what was written. */
    public final class Writing implements AutoCloseable {
        private final Path file;
        private final Digest.Algorithm algorithm;
        private final MessageDigest hash;
        private final FileChannel out;
        private long size;
        private boolean kept;

        private Writing(Path file, Digest.Algorithm algorithm) {
            this.file = file;
            this.algorithm = algorithm;
            this.hash = algorithm.start();
            try {
                this.out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw Durable.failure("write", file, e);
            }
        }

        /** Takes the next bytes. */
        public void write(byte[] bytes, int offset, int length) {
            if (size + length > space.limits().bytes()) {
                throw new WherryException(
                        Kind.DENIED,
                        "The archive holds a file of more than "
                                + new ByteSize(space.limits().bytes()) + ".");
            }
            if (untilAsked <= 0) {
                FullDisk.require(file, space.limits().reserve());
                untilAsked = ASKED_EACH;
            }
            hash.update(bytes, offset, length);
            ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
            try {
                while (rest.hasRemaining()) {
                    out.write(rest);
                }
            } catch (IOException e) {
                throw Durable.failure("write", file, e);
            }
            size += length;
            untilAsked -= length;
        }

        /** {@return the file, or the equal one that was there before} */
        public Staged finish() {
            Digest digest = Digest.finish(algorithm, hash);
            Staged earlier = files.get(digest);
            if (earlier != null) {
                return earlier;
            }
            Staged made = new Staged(digest, size, file);
            files.put(digest, made);
            kept = true;
            return made;
        }

        @Override
        public void close() {
            try {
                out.close();
                if (!kept) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw Durable.failure("write", file, e);
            }
        }
    }
}
