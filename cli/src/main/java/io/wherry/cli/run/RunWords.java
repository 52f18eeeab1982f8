package io.wherry.cli.run;

import io.wherry.engine.Attachment;
import io.wherry.engine.ContainerSpec;
import io.wherry.engine.PlainFolder;
import io.wherry.kernel.host.HostFacts;
import io.wherry.kernel.launch.CommandLauncher;
import io.wherry.oci.WherryException;
import io.wherry.runtime.RuntimeName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code run}. What can be taken as it is goes straight into {@link #spec}; what needs a file, the
 * caller's environment or another option to be understood waits here for {@link Asked}.
 */
public final class RunWords {
    private static final long BILLION = 1_000_000_000;

    /** The fields that need nothing else. */
    public final ContainerSpec.Builder spec = new ContainerSpec.Builder();

    /** {@code NAME=VALUE}, or {@code NAME} for the caller's value. */
    final List<String> environment = new ArrayList<>();

    final List<String> environmentFiles = new ArrayList<>();
    final List<String> labels = new ArrayList<>();
    final List<String> labelFiles = new ArrayList<>();

    /** Processors in billionths. */
    @Nullable
    Long processors;

    /** {@code unconfined} or a file. */
    @Nullable
    String seccomp;

    /** Whether users of the host are not mapped: true for root, and not to be had for a user. */
    boolean hostUsers;

    /** The namespaces of its own, by name; empty: as the other options say. */
    final Set<String> walls = new LinkedHashSet<>();

    /** Which streams are attached: {@code stdin}, {@code stdout}, {@code stderr}; empty: all. */
    final List<String> streams = new ArrayList<>();

    /** Whether its start waits for a person before each instruction. */
    public boolean step;

    /** Whether signals are passed on to it. */
    boolean signals = true;

    /** The keys that leave its terminal. */
    String detachKeys = CommandLauncher.DETACH_KEYS;

    /** What {@code -w} was given that can be no working folder: a folder to be run and written to, as d-utils has it. */
    @Nullable
    String folderToWrite;

    /** The folder that the image is pulled into and run in; absent for a container of the store's. */
    @Nullable
    public String dir;

    /** Whether the root of a folder with a config.json may be written to. */
    boolean rw;

    /** The folder with a config.json that is run; absent for an image or a bare root. */
    @Nullable
    public PlainFolder folder;

    /** Whether what is executed is printed first. */
    public boolean debug;

    /** The file that its id is written into. */
    @Nullable
    public String cidFile;

    /** {@code missing}, {@code always} or {@code never}. */
    public String pull = "missing";

    /** Whether the progress of a pull is not shown. */
    public boolean quiet;

    /** {@return those of {@code dev}, before its user has said anything} */
    public static RunWords ofDevelopment() {
        RunWords words = new RunWords();
        words.spec.runtime = Optional.of(RuntimeName.of("chroot"));
        words.spec.interactive = true;
        words.spec.init = true;
        words.spec.remove = true;
        words.environment.add("TERM");
        return words;
    }

    /** {@return how the command stays with the container} */
    public Attachment attachment() {
        if (spec.detached) {
            return Attachment.NONE;
        }
        boolean all = streams.isEmpty();
        return new Attachment(
                true, all || streams.contains("stdout"), all || streams.contains("stderr"), signals, detachKeys);
    }

    /** Refuses what this host, or an ordinary user on it, cannot have. */
    public void check(HostFacts facts) {
        if (!walls.isEmpty()) {
            Walls.check(walls, facts);
        }
        if (hostUsers && !facts.root()) {
            throw new WherryException(
                    WherryException.Kind.UNSUPPORTED,
                    "Option `--userns host` needs root: an ordinary user's container is a user namespace of its own.",
                    "Leave the option out.");
        }
        Long asked = processors;
        int there = Runtime.getRuntime().availableProcessors();
        if (asked != null && asked > there * BILLION) {
            throw new WherryException(
                    WherryException.Kind.INVALID,
                    "Option `--cpus` asks for more processors than there are: this host has " + there + ".");
        }
    }
}
