package io.wherry.store.disk;

import io.wherry.oci.ByteSize;
import io.wherry.oci.WherryException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a disk is full, and the sentence that says so. Asked after something failed, or before much is written. Stateless. */
public final class FullDisk {
    /** A disk with fewer bytes free is full: the reason that the kernel gave may be in any language. */
    private static final long LEAST = 64 << 10;

    private static final String REMEDY =
            "Free some space there, for instance with `wherry rm` and `wherry rmi`, and try again.";

    private FullDisk() {}

    /**
     * {@return what to throw for a failed write, if the disk was the reason: {@code UNAVAILABLE}}
     *
     * @param what what was tried, such as {@code write}
     */
    public static Optional<WherryException> of(String what, Path path, IOException failure) {
        String text = failure instanceof FileSystemException f ? f.getReason() : failure.getMessage();
        boolean plain = failure.getClass() == IOException.class || failure.getClass() == FileSystemException.class;
        if (plain && (says(text, "No space left") || says(text, "quota") || free(path) < LEAST)) {
            return Optional.of(
                    made("Cannot " + what + " `" + path + "`: the disk " + disk(path) + " is full.", failure));
        }
        return Optional.empty();
    }

    /** {@return the same for a failure that a pilot reported with ENOSPC or EDQUOT} */
    public static WherryException of(Path folder, WherryException failure) {
        return made(failure.getMessage() + " It belongs on the disk " + disk(folder) + ".", failure);
    }

    /** Throws {@code UNAVAILABLE} unless this many bytes are free on the disk of a path. */
    public static void require(Path path, long bytes) {
        long free = free(path);
        if (free < bytes) {
            throw made(
                    "The disk " + disk(path) + " has " + new ByteSize(free) + " free, and " + new ByteSize(bytes)
                            + " are to stay free.",
                    null);
        }
    }

    /**
     * Throws {@code UNAVAILABLE} unless so much can be written on the disk of a path.
     *
     * @param what what is to be written: {@code The image `debian:12`}
     * @param bytes as far as is known; there may be more
     * @param kept bytes that are to stay free
     */
    public static void requireFor(String what, Path path, long bytes, long kept) {
        long free = free(path);
        if (free - kept < bytes) {
            throw made(
                    what + " needs at least " + new ByteSize(bytes) + " on the disk " + disk(path) + ", which has "
                            + new ByteSize(free) + " free, of which " + new ByteSize(kept) + " are to stay free: "
                            + new ByteSize(bytes - (free - kept)) + " are missing.",
                    null);
        }
    }

    private static WherryException made(String sentence, @Nullable Throwable cause) {
        return new FullDiskException(sentence, REMEDY, cause);
    }

    private static boolean says(@Nullable String text, String words) {
        return text != null && text.contains(words);
    }

    /** {@return how many bytes may be written on the disk of a path; as many as there can be if nobody knows} */
    static long free(Path path) {
        try {
            return store(path).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // not known to be full
        }
    }

    /** Mount point and device. */
    private static String disk(Path path) {
        try {
            return store(path).toString();
        } catch (IOException e) {
            return "of " + path;
        }
    }

    private static FileStore store(Path path) throws IOException {
        Path there = path.toAbsolutePath();
        while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS) && there.getParent() != null) {
            there = there.getParent();
        }
        return Files.getFileStore(there);
    }
}
