package io.wherry.cli.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of {@code run}. Plain fields, filled by {@link RunOptions}; null means that the image or the default
 * decides. Sizes are bytes, times whole seconds or microseconds as named, CPUs billionths.
 */
public final class RunWords {
    // life
    public @Nullable String name;
    public boolean remove;
    public boolean detached;
    public boolean interactive;
    public boolean terminal;
    public boolean init;
    public @Nullable String stopSignal;
    public @Nullable Long stopSeconds;
    public @Nullable String cidFile;
    public @Nullable String detachKeys;
    public boolean signalProxy = true;
    public boolean quiet;

    // image
    public @Nullable String rootfs;
    public @Nullable String platform;
    public String pull = "missing";
    public @Nullable String entrypoint;

    // process
    public final List<String> environment = new ArrayList<>();
    public final List<String> environmentFiles = new ArrayList<>();
    public @Nullable String workingFolder;
    public @Nullable String user;
    public final List<String> groups = new ArrayList<>();
    public @Nullable Long umask;
    public final List<LimitWords> limits = new ArrayList<>();
    public @Nullable Long oomScore;

    // files
    public final List<MountWords> mounts = new ArrayList<>();
    public boolean readOnly;
    public final List<DeviceWords> devices = new ArrayList<>();
    public @Nullable Long sharedMemoryBytes;

    // limits of the group
    public @Nullable Long memoryBytes;
    public @Nullable Long swapBytes;
    public @Nullable Long reservationBytes;
    public @Nullable Long cpus;
    public @Nullable Long cpuShares;
    public @Nullable Long cpuQuotaMicros;
    public @Nullable Long cpuPeriodMicros;
    public @Nullable String cpuSet;
    public @Nullable String memoryNodes;
    public @Nullable Long processes;

    // security
    public final List<String> addedCapabilities = new ArrayList<>();
    public final List<String> droppedCapabilities = new ArrayList<>();
    /** {@code unconfined} or a file; null: the default profile. */
    public @Nullable String seccomp;

    public @Nullable Boolean noNewPrivileges;
    public boolean unmaskedSystemPaths;
    public boolean privileged;
    public final List<String> sysctls = new ArrayList<>();

    // what is shared with the host
    public @Nullable String network;
    public @Nullable String pid;
    public @Nullable String ipc;
    public @Nullable String uts;
    public @Nullable String userNamespace;
    public @Nullable String cgroupNamespace;
    public @Nullable String hostname;
    public @Nullable String domainName;

    // notes
    public final List<String> labels = new ArrayList<>();
    public final List<String> labelFiles = new ArrayList<>();
    public final List<String> annotations = new ArrayList<>();
    public @Nullable String logDriver;
    public @Nullable String runtime;
}
