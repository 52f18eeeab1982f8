package io.wherry.cli.run;

import io.wherry.cli.session.Environment;
import io.wherry.cli.table.UsageException;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.MountSpec;
import io.wherry.engine.PlainFolder;
import io.wherry.kernel.launch.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Turns the words of {@code run} into what is asked of the engine: reads files, takes variables over, joins options. */
public final class Asked {
    private static final long PERIOD_MICROS = 100_000;
    private static final int MISUSE = 125;

    private final RunWords words;
    private final List<String> problems = new ArrayList<>();
    private final LineFiles files = new LineFiles(problems);

    private Asked(RunWords words) {
        this.words = words;
    }

    /**
     * {@return the specification}
     *
     * @param operands the image and the command, or, with a root folder, the command
     * @param caller the caller's variables
     * @param context what the launcher saw
     * @throws UsageException if the words do not fit together
     */
    public static ContainerSpec from(RunWords words, List<String> operands, Environment caller, Context context) {
        Asked asked = new Asked(words);
        asked.operands(operands);
        if (!asked.problems.isEmpty()) {
            throw new UsageException("run", asked.problems, 1);
        }
        words.spec.env = new Variables(caller, asked.files).of(words.environmentFiles, words.environment);
        if (words.folder == null) {
            asked.withoutFolder();
        } else {
            words.folder.complete(words.spec, words.rw);
        }
        asked.labels();
        asked.processors();
        asked.seccomp();
        asked.streams();
        if (!words.walls.isEmpty()) {
            asked.problems.addAll(Walls.raise(words.walls, words.hostUsers, words.spec));
        }
        if (!asked.problems.isEmpty()) {
            throw new UsageException("run", asked.problems, MISUSE);
        }
        Greeting.addTo(words.spec, context);
        return words.spec.build();
    }

    /**
     * {@return what changes a container that exists: the limits and the policy that were asked, and nothing else}
     *
     * @throws UsageException if the words do not fit together, or there are none
     */
    public static Consumer<ContainerSpec.Builder> change(RunWords words) {
        Asked asked = new Asked(words);
        asked.processors();
        ContainerSpec.Builder wanted = words.spec;
        if (asked.problems.isEmpty() && wanted.build().toJson().isEmpty()) {
            asked.problems.add("`update` needs something to change, such as `--memory 256m` or `--restart always`.");
        }
        if (!asked.problems.isEmpty()) {
            throw new UsageException("update", asked.problems, 1);
        }
        return spec -> {
            spec.memory = wanted.memory != 0 ? wanted.memory : spec.memory;
            spec.memorySwap = wanted.memorySwap != 0 ? wanted.memorySwap : spec.memorySwap;
            spec.memoryReservation = wanted.memoryReservation != 0 ? wanted.memoryReservation : spec.memoryReservation;
            spec.cpuQuota = wanted.cpuQuota != 0 ? wanted.cpuQuota : spec.cpuQuota;
            spec.cpuPeriod = wanted.cpuPeriod != 0 ? wanted.cpuPeriod : spec.cpuPeriod;
            spec.cpuShares = wanted.cpuShares != 0 ? wanted.cpuShares : spec.cpuShares;
            spec.cpusetCpus = wanted.cpusetCpus.or(() -> spec.cpusetCpus);
            spec.cpusetMems = wanted.cpusetMems.or(() -> spec.cpusetMems);
            spec.pidsLimit = wanted.pidsLimit != 0 ? wanted.pidsLimit : spec.pidsLimit;
            spec.restart = wanted.restart.or(() -> spec.restart);
        };
    }

    private void operands(List<String> operands) {
        boolean folder = words.spec.rootfs.isPresent();
        String first = operands.isEmpty() ? "" : operands.getFirst();
        if (words.folderToWrite != null) {
            words.rw = true;
            folder(words.folderToWrite, operands);
        } else if (words.dir != null && !operands.isEmpty()) {
            folder(words.dir, operands.subList(1, operands.size())).requireImage(first);
        } else if (!folder && MountWords.isPath(first)) {
            folder(first, operands.subList(1, operands.size()));
        } else if (operands.isEmpty() && !folder) {
            problems.add("`run` needs IMAGE [COMMAND] [ARG...], or a folder such as `./box`, or one by `--rootfs`.");
        } else if (operands.isEmpty() && words.spec.entrypoint.isEmpty()) {
            problems.add("`run --rootfs` needs COMMAND [ARG...]: a folder does not say what is to run in it.");
        } else if (folder) {
            words.spec.command = operands;
        } else {
            words.spec.image = Optional.of(first);
            words.spec.command = operands.subList(1, operands.size());
        }
    }

    /** A folder with a config.json, which says what was not said here. */
    private PlainFolder folder(String path, List<String> command) {
        words.spec.command = command;
        PlainFolder opened = PlainFolder.open(path);
        words.folder = opened;
        if (words.rw && words.spec.readOnly) {
            problems.add("Option `--rw` says the opposite of `--read-only`; give one of them.");
        }
        return opened;
    }

    /** What only a folder with a config.json has. */
    private void withoutFolder() {
        if (words.rw) {
            problems.add(
                    "Option `--rw` is for a folder with a config.json, such as `./box`: other roots can be written.");
        }
        for (int i = 0; i < words.spec.mounts.size(); i++) {
            MountSpec mount = words.spec.mounts.get(i);
            if (mount.type() == MountSpec.Type.BIND && mount.source().isEmpty()) {
                words.spec.mounts.set(
                        i, new MountSpec(MountSpec.Type.VOLUME, Optional.empty(), mount.target(), mount.options()));
            }
        }
    }

    private void labels() {
        for (String file : words.labelFiles) {
            for (String line : files.lines(file, "--label-file")) {
                label(line);
            }
        }
        for (String pair : words.labels) {
            label(pair);
        }
    }

    private void label(String pair) {
        int equals = pair.indexOf('=');
        words.spec.labels.put(
                equals < 0 ? pair : pair.substring(0, equals), equals < 0 ? "" : pair.substring(equals + 1));
    }

    /** Half a processor is half of each period. */
    private void processors() {
        Long processors = words.processors;
        if (processors == null || processors == 0) {
            return;
        }
        if (words.spec.cpuQuota != 0 || words.spec.cpuPeriod != 0) {
            problems.add("Option `--cpus` says the same as `--cpu-quota` and `--cpu-period`; give one or the others.");
            return;
        }
        words.spec.cpuPeriod = PERIOD_MICROS;
        words.spec.cpuQuota = processors / (1_000_000_000 / PERIOD_MICROS);
        if (words.spec.cpuQuota < 1000) {
            problems.add("Option `--cpus` takes at least `0.01`: the kernel gives out no less.");
        }
    }

    private void seccomp() {
        String profile = words.seccomp;
        if (profile != null) {
            words.spec.seccomp =
                    Optional.of(profile.equals("unconfined") ? profile : files.text(profile, "--security-opt seccomp"));
        }
    }

    private void streams() {
        if (words.spec.detached && !words.streams.isEmpty()) {
            problems.add("Option `-a` stays with the container and `-d` does not; give one of them.");
        }
        if (words.step && words.spec.interactive) {
            problems.add("Options `--step` and `-i` both read the input; give one of them.");
        }
    }
}
