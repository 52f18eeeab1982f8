package io.wherry.engine;

import io.wherry.oci.Mount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The three files that tell a container its name and who to ask for others: hosts, hostname, resolv.conf. Kept in the container's folder and bound
 * over the image's.
 *
 * @param folder the container's folder
 * @param address the container's address, if it has one
 */
record NetworkFiles(Path folder, Optional<String> address) {

    /** {@return the binds} */
    List<Mount> mounts() {
        return List.of(bind("hosts"), bind("hostname"), bind("resolv.conf"));
    }

    private Mount bind(String name) {
        return new Mount("/etc/" + name, "bind", folder.resolve(name).toString(), "bind", "rprivate");
    }

    /** Writes the files into a folder that is not in place yet. */
    void write(Path inside, String hostname, Optional<byte[]> resolver, boolean durable) {
        StringBuilder hosts = new StringBuilder("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
        address.ifPresent(own -> hosts.append(own).append('\t').append(hostname).append('\n'));
        StateFile.writeInside(inside, "hosts", hosts.toString().getBytes(StandardCharsets.UTF_8), durable);
        StateFile.writeInside(inside, "hostname", (hostname + "\n").getBytes(StandardCharsets.UTF_8), durable);
        StateFile.writeInside(inside, "resolv.conf", resolver.orElse(new byte[0]), durable);
    }
}
