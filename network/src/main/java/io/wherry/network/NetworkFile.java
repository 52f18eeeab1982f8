package io.wherry.network;

import io.wherry.kernel.netlink.IpPrefix;
import io.wherry.oci.WherryException;
import io.wherry.oci.json.Fields;
import io.wherry.oci.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * What was settled about a network: {@code networks/NAME.json}, written once. Of several that settle at the same time one wins, and all go by it.
 */
final class NetworkFile {
    private static final int LIMIT = 64 * 1024;

    private final Path folder;
    private final Path file;

    NetworkFile(Path folder, String name) {
        this.folder = folder;
        this.file = folder.resolve(name + ".json");
    }

    /** {@return the subnet; null if it is not settled} */
    @Nullable
    IpPrefix subnet() {
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return null;
            }
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LIMIT) {
                throw corrupt("it is not a small regular file", null);
            }
            return parse(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    private IpPrefix parse(byte[] bytes) {
        IpPrefix subnet;
        try {
            Fields fields = JsonObject.parse(bytes).fields();
            long version = fields.integer("version").orElse(0);
            if (version != 1) {
                throw new WherryException(
                        WherryException.Kind.UNSUPPORTED,
                        "The network file " + file + " has the format " + version
                                + "; this version of Wherry knows format 1.");
            }
            subnet = IpPrefix.parse(fields.requiredString("subnet"));
        } catch (WherryException e) {
            if (e.kind() == WherryException.Kind.UNSUPPORTED) {
                throw e;
            }
            throw corrupt(e.getMessage(), e);
        }
        if (subnet.address().isV6()
                || subnet.length() < 8
                || subnet.length() > 29
                || !subnet.network().equals(subnet)) {
            throw corrupt("`" + subnet + "` is not an IPv4 subnet of 6 to 16,777,213 containers", null);
        }
        return subnet;
    }

    /** Stores the subnet, unless one is stored. {@return the one that is} */
    IpPrefix settle(IpPrefix subnet) {
        byte[] bytes = (JsonObject.builder()
                                .put("version", 1)
                                .put("subnet", subnet.toString())
                                .build()
                                .toString()
                        + "\n")
                .getBytes(StandardCharsets.UTF_8);
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = folder.resolve(".new-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
            try (FileChannel channel =
                    FileChannel.open(fresh, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
                channel.write(ByteBuffer.wrap(bytes));
                channel.force(true);
            }
            try {
                // A link, not a rename: it fails when another was first.
                Files.createLink(file, fresh);
            } catch (FileAlreadyExistsException e) {
                IpPrefix other = subnet();
                return other == null ? subnet : other;
            } finally {
                Files.deleteIfExists(fresh);
            }
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
            return subnet;
        } catch (IOException e) {
            throw failed("write", e);
        }
    }

    private WherryException corrupt(String why, @Nullable Throwable cause) {
        return new WherryException(
                WherryException.Kind.CORRUPT,
                "The network file " + file + " cannot be used: " + why + (why.endsWith(".") ? "" : "."),
                "Remove it when no container runs on this network; the next start chooses a subnet again.",
                cause);
    }

    private WherryException failed(String what, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new WherryException(
                WherryException.Kind.FAILED_PRECONDITION, "Cannot " + what + " " + file + ": " + reason + ".", null, e);
    }
}
