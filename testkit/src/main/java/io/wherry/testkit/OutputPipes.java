package io.wherry.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The pipes behind a program's standard output and error, to find who else holds them. Waiting for their end would not do: when a process has ended, the JDK
 * drops its pipes, whether or not there is another writer.
 */
final class OutputPipes {
    private final Set<String> pipes = new HashSet<>();

    /** Of a program that has just started; of one that has already ended, none. */
    OutputPipes(Process process) {
        for (int descriptor = 1; descriptor <= 2; descriptor++) {
            Proc.link(Path.of("/proc/" + process.pid() + "/fd/" + descriptor))
                    .filter(target -> target.startsWith("pipe:["))
                    .ifPresent(pipes::add);
        }
    }

    /** {@return a process that holds one of the pipes, other than this JVM, which reads from them} */
    Optional<String> holder() {
        if (pipes.isEmpty()) {
            return Optional.empty();
        }
        String self = String.valueOf(ProcessHandle.current().pid());
        for (Path folder : Proc.list(Path.of("/proc"))) {
            String name = folder.getFileName().toString();
            if (Character.isDigit(name.charAt(0)) && !name.equals(self)) {
                for (Path descriptor : Proc.list(folder.resolve("fd"))) {
                    if (Proc.link(descriptor).filter(pipes::contains).isPresent()) {
                        String words = Proc.text(folder.resolve("cmdline")).orElse("");
                        return Optional.of("process " + name + ", `"
                                + words.replace('\0', ' ').strip() + "`,");
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** {@return the same, if it holds them for longer than this} */
    Optional<String> holderAfter(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<String> holder = holder();
            if (holder.isEmpty() || System.nanoTime() - end >= 0) {
                return holder;
            }
            Thread.sleep(20);
        }
    }
}
