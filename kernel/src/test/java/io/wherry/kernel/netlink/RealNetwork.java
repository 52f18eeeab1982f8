package io.wherry.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Sends batches to the running kernel from a shell script inside a network namespace of its own (as an ordinary user,
 * inside a user namespace too), which goes away with the script.
 */
public final class RealNetwork {
    private static final int ROUTE = 0;
    private static final int NETFILTER = 12;

    private final Path folder;
    private final StringBuilder script = new StringBuilder("set -e\n");
    private int batches;

    /** Compiles the sender into the folder. */
    public RealNetwork(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Path program = folder.resolve("send");
        if (!Files.exists(program)) {
            try (InputStream source = RealNetwork.class.getResourceAsStream("send.c")) {
                Files.copy(source, folder.resolve("send.c"));
            }
            assertThat(output("gcc", "-O1", "-Wall", "-Werror", "-o", program.toString(), program + ".c"))
                    .isEmpty();
        }
    }

    /** Sends an rtnetlink batch; prints {@code ok} or what failed. */
    public RealNetwork route(Batch batch) throws IOException {
        return send("", ROUTE, batch);
    }

    /** Sends an rtnetlink batch behind a prefix of the command, such as {@code nsenter …}. */
    public RealNetwork routeBehind(String prefix, Batch batch) throws IOException {
        return send(prefix + " ", ROUTE, batch);
    }

    /** Sends an nftables batch; prints {@code ok} or what failed. */
    public RealNetwork netfilter(Batch batch) throws IOException {
        return send("", NETFILTER, batch);
    }

    public RealNetwork shell(String command) {
        script.append(command).append('\n');
        return this;
    }

    /** {@return what the kernel answered to this batch, counted from 0} */
    public byte[] replies(int batch) throws IOException {
        return Files.readAllBytes(folder.resolve("batch" + batch + ".replies"));
    }

    /** Runs the script. {@return everything it printed} */
    public String run() throws IOException, InterruptedException {
        boolean root = "root".equals(System.getProperty("user.name"));
        return output("unshare", root ? "-n" : "-Urn", "sh", "-c", script.toString());
    }

    private RealNetwork send(String prefix, int protocol, Batch batch) throws IOException {
        Path file = folder.resolve("batch" + batches++);
        Files.write(file, batch.bytes());
        return shell(prefix + folder.resolve("send") + " " + protocol + " " + file + " " + batch.acks());
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
