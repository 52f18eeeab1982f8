package io.wherry.engine;

import io.wherry.oci.HealthCheck;
import io.wherry.oci.json.JsonObject;
import io.wherry.runtime.RuntimeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What was asked for: one container, as its user put it, before an image or a default was looked at. Kept as {@code container.json}; the command
 * line and every other edge enter here. Immutable; made by a {@link Builder}, which does not check: the compiler of the configuration does.
 *
 * <p>It has many components because a user may say many things; none of them is derived from another.
 *
 * @param image the image's name as the user wrote it; absent with a root folder
 * @param rootfs a folder of the host that is the root
 * @param rootfsOverlay whether writes go to a throw-away layer above that folder
 * @param name the name asked for
 * @param command words behind the image
 * @param entrypoint replaces the image's entrypoint; an empty list removes it
 * @param env `NAME=value`
 * @param workdir working folder
 * @param user `user[:group]`, names or numbers
 * @param groups supplementary groups, names or numbers
 * @param terminal a terminal instead of pipes
 * @param interactive input is kept open
 * @param detached nobody waits for it
 * @param remove removed when it has ended
 * @param healthcheck how its health is asked, on top of what the image says
 * @param restart whether it is started again when it has ended; absent for no
 * @param readOnly the root cannot be written
 * @param mounts binds, volumes and temporary filesystems, in order
 * @param volumesFrom `container[:ro|rw]`: whose volumes and binds it has too
 * @param memory bytes; -1 unlimited; 0 not asked
 * @param memorySwap memory and swap together, bytes; -1 unlimited; 0 not asked
 * @param memoryReservation bytes; 0 not asked
 * @param cpuQuota microseconds of processor time per period; 0 not asked
 * @param cpuPeriod microseconds; 0 not asked
 * @param cpuShares weight, 2 to 262144; 0 not asked
 * @param cpusetCpus list of processors
 * @param cpusetMems list of memory nodes
 * @param pidsLimit processes; -1 unlimited; 0 not asked: the default of 2,048
 * @param capAdd capabilities on top of the default ones
 * @param capDrop capabilities taken away; ALL
 * @param privileged all capabilities and devices, nothing masked, no filter
 * @param seccomp `unconfined`, or the text of a profile
 * @param noNewPrivileges no program gains rights
 * @param oneId of an ordinary user's container: its user, whatever the number, is the caller, and there is nobody else
 * @param unmasked nothing of /proc and /sys is masked
 * @param devices `host[:container[:rwm]]`
 * @param ulimits `name=soft[:hard]`
 * @param sysctls kernel parameters
 * @param oomScoreAdj -1000 to 1000
 * @param shmSize bytes of /dev/shm; 0 not asked: 64 MiB
 * @param storageSize bytes that it may write to its root; 0 not asked
 * @param init a small init reaps orphans
 * @param hostname host name
 * @param domainname domain name
 * @param network none, host, bridge
 * @param pid host, private
 * @param ipc host, private
 * @param uts host, private
 * @param cgroupns host, private
 * @param labels labels
 * @param annotations annotations of the runtime configuration
 * @param stopSignal name or number
 * @param stopTimeout seconds
 * @param logDriver json-file, local, none, pipe:PROGRAM, syslog, journald
 * @param logOptions what the log driver is told: max-size, max-file, mode, tag, labels, env
 * @param platform os/arch[/variant]
 * @param runtime which runtime; native by default
 * @param umask permission bits new files go without
 */
public record ContainerSpec(
        Optional<String> image,
        Optional<String> rootfs,
        boolean rootfsOverlay,
        Optional<String> name,
        List<String> command,
        Optional<List<String>> entrypoint,
        List<String> env,
        Optional<String> workdir,
        Optional<String> user,
        List<String> groups,
        boolean terminal,
        boolean interactive,
        boolean detached,
        boolean remove,
        Optional<HealthCheck> healthcheck,
        Optional<RestartPolicy> restart,
        boolean readOnly,
        List<MountSpec> mounts,
        List<String> volumesFrom,
        long memory,
        long memorySwap,
        long memoryReservation,
        long cpuQuota,
        long cpuPeriod,
        long cpuShares,
        Optional<String> cpusetCpus,
        Optional<String> cpusetMems,
        long pidsLimit,
        List<String> capAdd,
        List<String> capDrop,
        boolean privileged,
        Optional<String> seccomp,
        boolean noNewPrivileges,
        boolean oneId,
        boolean unmasked,
        List<String> devices,
        List<String> ulimits,
        Map<String, String> sysctls,
        OptionalInt oomScoreAdj,
        long shmSize,
        long storageSize,
        boolean init,
        Optional<String> hostname,
        Optional<String> domainname,
        Optional<String> network,
        Optional<String> pid,
        Optional<String> ipc,
        Optional<String> uts,
        Optional<String> cgroupns,
        Map<String, String> labels,
        Map<String, String> annotations,
        Optional<String> stopSignal,
        OptionalInt stopTimeout,
        Optional<String> logDriver,
        Map<String, String> logOptions,
        Optional<String> platform,
        Optional<RuntimeName> runtime,
        OptionalInt umask) {

    /** Copies collections, so that an instance never changes. */
    public ContainerSpec {
        command = List.copyOf(command);
        env = List.copyOf(env);
        groups = List.copyOf(groups);
        mounts = List.copyOf(mounts);
        volumesFrom = List.copyOf(volumesFrom);
        capAdd = List.copyOf(capAdd);
        capDrop = List.copyOf(capDrop);
        devices = List.copyOf(devices);
        ulimits = List.copyOf(ulimits);
        sysctls = Collections.unmodifiableMap(new LinkedHashMap<>(sysctls));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
        logOptions = Collections.unmodifiableMap(new LinkedHashMap<>(logOptions));
    }

    /** {@return what asks for a container of an image, to be said more about} */
    public static Builder of(String image) {
        Builder spec = new Builder();
        spec.image = Optional.of(image);
        return spec;
    }

    /** {@return what asks for a container whose root is a folder of the host, under a throw-away layer: the folder is not written} */
    public static Builder ofFolder(Path folder) {
        Builder spec = new Builder();
        spec.rootfs = Optional.of(folder.toString());
        spec.rootfsOverlay = true;
        return spec;
    }

    /** {@return the document that is stored; what was not asked is left out} */
    public JsonObject toJson() {
        return ContainerSpecJson.write(this);
    }

    /** {@return the specification in a stored document; unknown fields are those of a newer version and are passed over} */
    public static ContainerSpec parse(JsonObject json) {
        return builder(json).build();
    }

    /** {@return the same, to be changed} */
    public static Builder builder(JsonObject json) {
        return ContainerSpecJson.read(json);
    }

    /** A specification being made: set fields, then {@link #build}. Lists and maps start empty and may be added to. */
    public static final class Builder extends ProcessSpecBuilder<Builder> {
        private static final long CPU_PERIOD = 100_000; // microseconds

        /** The image's name as the user wrote it; absent with a root folder. */
        public Optional<String> image = Optional.empty();

        /** A folder of the host that is the root. */
        public Optional<String> rootfs = Optional.empty();

        /** Whether writes go to a throw-away layer above that folder. */
        public boolean rootfsOverlay = false;

        /** The name asked for. */
        public Optional<String> name = Optional.empty();

        /** Replaces the image's entrypoint; an empty list removes it. */
        public Optional<List<String>> entrypoint = Optional.empty();

        /** Supplementary groups, names or numbers. */
        public List<String> groups = new ArrayList<>();

        /** Removed when it has ended. */
        public boolean remove = false;

        /** How its health is asked, on top of what the image says. */
        public Optional<HealthCheck> healthcheck = Optional.empty();

        /** Whether it is started again when it has ended; absent for no. */
        public Optional<RestartPolicy> restart = Optional.empty();

        /** The root cannot be written. */
        public boolean readOnly = false;

        /** Binds, volumes and temporary filesystems, in order. */
        public List<MountSpec> mounts = new ArrayList<>();

        /** `container[:ro|rw]`: whose volumes and binds it has too. */
        public List<String> volumesFrom = new ArrayList<>();

        /** Bytes; -1 unlimited; 0 not asked. */
        public long memory = 0;

        /** Memory and swap together, bytes; -1 unlimited; 0 not asked. */
        public long memorySwap = 0;

        /** Bytes; 0 not asked. */
        public long memoryReservation = 0;

        /** Microseconds of processor time per period; 0 not asked. */
        public long cpuQuota = 0;

        /** Microseconds; 0 not asked. */
        public long cpuPeriod = 0;

        /** Weight, 2 to 262144; 0 not asked. */
        public long cpuShares = 0;

        /** List of processors. */
        public Optional<String> cpusetCpus = Optional.empty();

        /** List of memory nodes. */
        public Optional<String> cpusetMems = Optional.empty();

        /** Processes; -1 unlimited; 0 not asked: the default of 2,048. */
        public long pidsLimit = 0;

        /** Capabilities on top of the default ones. */
        public List<String> capAdd = new ArrayList<>();

        /** Capabilities taken away; ALL. */
        public List<String> capDrop = new ArrayList<>();

        /** All capabilities and devices, nothing masked, no filter. */
        public boolean privileged = false;

        /** `unconfined`, or the text of a profile. */
        public Optional<String> seccomp = Optional.empty();

        /** No program gains rights. */
        public boolean noNewPrivileges = false;

        /** Of an ordinary user's container: its user, whatever the number, is the caller, and there is nobody else. */
        public boolean oneId = false;

        /** Nothing of /proc and /sys is masked. */
        public boolean unmasked = false;

        /** `host[:container[:rwm]]`. */
        public List<String> devices = new ArrayList<>();

        /** `name=soft[:hard]`. */
        public List<String> ulimits = new ArrayList<>();

        /** Kernel parameters. */
        public Map<String, String> sysctls = new LinkedHashMap<>();

        /** -1000 to 1000. */
        public OptionalInt oomScoreAdj = OptionalInt.empty();

        /** Bytes of /dev/shm; 0 not asked: 64 MiB. */
        public long shmSize = 0;

        /** Bytes that it may write to its root; 0 not asked. */
        public long storageSize = 0;

        /** A small init reaps orphans. */
        public boolean init = false;

        /** Host name. */
        public Optional<String> hostname = Optional.empty();

        /** Domain name. */
        public Optional<String> domainname = Optional.empty();

        /** None, host, bridge. */
        public Optional<String> network = Optional.empty();

        /** Host, private. */
        public Optional<String> pid = Optional.empty();

        /** Host, private. */
        public Optional<String> ipc = Optional.empty();

        /** Host, private. */
        public Optional<String> uts = Optional.empty();

        /** Host, private. */
        public Optional<String> cgroupns = Optional.empty();

        /** Labels. */
        public Map<String, String> labels = new LinkedHashMap<>();

        /** Annotations of the runtime configuration. */
        public Map<String, String> annotations = new LinkedHashMap<>();

        /** Name or number. */
        public Optional<String> stopSignal = Optional.empty();

        /** Seconds. */
        public OptionalInt stopTimeout = OptionalInt.empty();

        /** Json-file, local, none, pipe:PROGRAM, syslog, journald. */
        public Optional<String> logDriver = Optional.empty();

        /** What the log driver is told. */
        public Map<String, String> logOptions = new LinkedHashMap<>();

        /** Os/arch[/variant]. */
        public Optional<String> platform = Optional.empty();

        /** Which runtime; native by default. */
        public Optional<RuntimeName> runtime = Optional.empty();

        /** Permission bits new files go without. */
        public OptionalInt umask = OptionalInt.empty();

        /** A specification that asks for nothing yet. */
        public Builder() {}

        /** Its name, letters, digits and {@code _ . -}; one is made up for one that has none. {@return this} */
        public Builder name(String word) {
            name = Optional.of(word);
            return this;
        }

        /** Removed by itself when it has ended. {@return this} */
        public Builder remove() {
            remove = true;
            return this;
        }

        /** Its root cannot be written. {@return this} */
        public Builder readOnly() {
            readOnly = true;
            return this;
        }

        /** Most memory, in bytes. {@return this} */
        public Builder memory(long bytes) {
            memory = bytes;
            return this;
        }

        /** Most processor time: 1.5 is one and a half processors. {@return this} */
        public Builder cpus(double processors) {
            cpuPeriod = CPU_PERIOD;
            cpuQuota = Math.round(processors * CPU_PERIOD);
            return this;
        }

        /** A file or folder of the host at an absolute path in the container, to be written too. {@return this} */
        public Builder bind(Path source, String target) {
            return mount(new MountSpec(
                    MountSpec.Type.BIND, Optional.of(source.toAbsolutePath().toString()), target, List.of()));
        }

        /** A volume by its name at an absolute path in the container; made if it is not there. {@return this} */
        public Builder volume(String volume, String target) {
            return mount(new MountSpec(MountSpec.Type.VOLUME, Optional.of(volume), target, List.of()));
        }

        /** One more mount. {@return this} */
        public Builder mount(MountSpec mount) {
            mounts.add(mount);
            return this;
        }

        /** Which network: none, host, bridge. {@return this} */
        public Builder network(String word) {
            network = Optional.of(word);
            return this;
        }

        /** One more label. {@return this} */
        public Builder label(String key, String value) {
            labels.put(key, value);
            return this;
        }

        /** {@return the specification as it stands} */
        public ContainerSpec build() {
            return new ContainerSpec(
                    image,
                    rootfs,
                    rootfsOverlay,
                    name,
                    command,
                    entrypoint,
                    env,
                    workdir,
                    user,
                    groups,
                    terminal,
                    interactive,
                    detached,
                    remove,
                    healthcheck,
                    restart,
                    readOnly,
                    mounts,
                    volumesFrom,
                    memory,
                    memorySwap,
                    memoryReservation,
                    cpuQuota,
                    cpuPeriod,
                    cpuShares,
                    cpusetCpus,
                    cpusetMems,
                    pidsLimit,
                    capAdd,
                    capDrop,
                    privileged,
                    seccomp,
                    noNewPrivileges,
                    oneId,
                    unmasked,
                    devices,
                    ulimits,
                    sysctls,
                    oomScoreAdj,
                    shmSize,
                    storageSize,
                    init,
                    hostname,
                    domainname,
                    network,
                    pid,
                    ipc,
                    uts,
                    cgroupns,
                    labels,
                    annotations,
                    stopSignal,
                    stopTimeout,
                    logDriver,
                    logOptions,
                    platform,
                    runtime,
                    umask);
        }
    }
}
