package io.wherry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Debian's dockerd with a folder and a socket of its own, without firewall rules and without its bridge: containers have no network but loopback. Closing it ends the daemon, what it started,
 * and removes the folder.
 */
public final class DockerDaemon implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final Path folder;
    private final Process process;

    private DockerDaemon(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** Starts a daemon; it answers when this returns. */
    public static DockerDaemon start() {
        Command.requireTool("dockerd", "docker.io");
        try {
            Path folder = Files.createTempDirectory(Path.of("/tmp"), "dockerd-");
            Process process = new ProcessBuilder(
                            "dockerd",
                            "--host",
                            "unix://" + folder + "/s",
                            "--data-root",
                            folder + "/data",
                            "--exec-root",
                            folder + "/exec",
                            "--pidfile",
                            folder + "/pid",
                            "--iptables=false",
                            "--ip6tables=false",
                            "--bridge=none",
                            "--exec-opt",
                            "native.cgroupdriver=cgroupfs")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            DockerDaemon daemon = new DockerDaemon(folder, process);
            daemon.await();
            return daemon;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await() {
        long end = System.nanoTime() + START.toNanos();
        while (Command.of("docker", "--host", host(), "version").run().exit() != 0) {
            if (!process.isAlive() || System.nanoTime() > end) {
                String log = log();
                close();
                throw new AssertionError("dockerd does not answer:\n" + log);
            }
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** {@return what {@code docker --host} and DOCKER_HOST take} */
    public String host() {
        return "unix://" + folder + "/s";
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Command.of("sh", "-c", "grep -o ' " + folder + "/[^ ]*' /proc/mounts | sort -r | xargs -r umount -l")
                .run();
        Command.of(
                        "sh",
                        "-c",
                        "find /sys/fs/cgroup/docker /sys/fs/cgroup/*/docker -depth -type d -exec rmdir {} + 2>/dev/null")
                .run();
        Command.of("rm", "-rf", "--one-file-system", folder.toString()).check();
    }
}
